package io.vpnenterprise.identity;

/** What it means that somebody presents a refresh token of a live session. */
enum RefreshUse {
    /** Its turn has come: it gets its successor. */
    FIRST,
    /** Another tab, a parallel request, a quick retry: it gets the same successor again. */
    AGAIN,
    /** The reply never arrived, or nobody would present the old one so late: it gets another successor instead. */
    REPLY_LOST,
    /** Two have the token, and one of them is a thief. */
    REPLAY;

    /**
     * @param next it is the session's unused token
     * @param last it was used last: its successor is not used yet
     * @param withinGrace it was given its successor a moment ago; false for one that was never given any
     */
    static RefreshUse of(boolean next, boolean last, boolean withinGrace) {
        if (next) {
            return FIRST;
        }
        if (withinGrace) {
            return AGAIN;
        }
        return last ? REPLY_LOST : REPLAY;
    }
}
