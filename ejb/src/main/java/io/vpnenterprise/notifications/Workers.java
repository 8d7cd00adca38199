package io.vpnenterprise.notifications;

import java.util.concurrent.Semaphore;

/**
 * The workers of one channel on this node. Lanes that fail, which often means that they are slow, share half of them: so a
 * lane that works always finds one, however many others hang.
 */
final class Workers {

    private final Semaphore free;
    private final Semaphore freeForFailing;

    Workers(int most) {
        free = new Semaphore(most);
        freeForFailing = new Semaphore(most / 2);
    }

    boolean take(boolean failing) {
        if (failing && !freeForFailing.tryAcquire()) {
            return false;
        }
        boolean taken = free.tryAcquire();
        if (failing && !taken) {
            freeForFailing.release();
        }
        return taken;
    }

    /** @param failing as it was when the worker was taken */
    void giveBack(boolean failing) {
        free.release();
        if (failing) {
            freeForFailing.release();
        }
    }
}
