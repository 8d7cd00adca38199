package io.vpnenterprise.platform.web;

/** The product's version. */
final class Version {

    static final String NUMBER = "0.1.0";

    private Version() {}
}
