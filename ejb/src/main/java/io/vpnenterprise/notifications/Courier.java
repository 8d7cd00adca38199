package io.vpnenterprise.notifications;

import java.time.Duration;

/** Carries the deliveries of one channel. */
interface Courier {

    /** For what comes after the last byte, such as noting it. */
    Duration AFTER_THE_DEADLINE = Duration.ofSeconds(5);

    Channel channel();

    /** Attempts under way at once on this application node, over all lanes. */
    int workers();

    /** On one lane that works; one that fails gets one at a time. */
    int atOnce();

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

    /**
     * Hears that an attempt's end is about to be noted, in that transaction: what {@link #ended} changes is locked here, since
     * others lock it before its deliveries.
     */
    default void ending(Parcel parcel) {}

    /** Hears of each attempt's end, in the transaction that notes it. */
    default void ended(Parcel parcel, Outcome outcome, Delivery.State state) {}
}
