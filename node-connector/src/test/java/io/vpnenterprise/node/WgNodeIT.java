package io.vpnenterprise.node;

class WgNodeIT extends HostNodeContract {

    @Override
    NodeTarget.Transport transport() {
        return NodeTarget.Transport.WG;
    }
}
