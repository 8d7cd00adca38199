package io.vpnenterprise.notifications;

import java.time.Duration;

/** Carries the deliveries of one channel. */
interface Courier {

    Channel channel();

    /** Attempts under way at once on one lane of this application node. */
    int atOnce(String lane);

    /** Longer than any attempt takes: after it, another node may try. */
    Duration lease();

    /** From when it was made or replayed; then it has failed. */
    Duration giveUpAfter();

    /** Waiting on one lane; what comes on top has failed at once, since an endless queue helps nobody. */
    int mostWaiting();

    /** Whether its content is needed after the end: to be looked at, or sent again. */
    boolean keepsContent();

    /** One attempt; outside any transaction. Failures are outcomes, not exceptions. */
    Outcome carry(Parcel parcel);

    /** Hears of each attempt's end, in the transaction that notes it. */
    default void ended(Parcel parcel, Outcome outcome, Delivery.State state) {}
}
