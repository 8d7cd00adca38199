package io.vpnenterprise.platform.web;

/** An answer with secrets in it that are shown this once: a repeated request gets it without them. */
public interface ShownOnce {

    /** The same answer, its secrets left out. */
    Object withoutSecrets();
}
