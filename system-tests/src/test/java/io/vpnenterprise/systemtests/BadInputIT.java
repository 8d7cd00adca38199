package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.node.SshKeyPair;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bad request gets a code and a status of its own, names the field to blame, and changes nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {

    private static final String JSON = "application/json";
    private static final int MEBIBYTE = 1 << 20;

    private final Product product = Product.shared();
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final Cleanup made = new Cleanup();

    /** What stands between {@code <} and {@code >} in the rows below. */
    private final Map<String, String> names = new HashMap<>();

    private final Map<String, Api> callers = new HashMap<>();

    @BeforeAll
    void makeWhatTheRowsName() {
        Api admin = product.admin();
        String email = Api.newEmail();
        Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        Api another = product.member();
        callers.putAll(Map.of("admin", admin, "member", member, "nobody", product.anonymous()));

        String node = admin.addNode("bad-input-" + run, "simulated", null, "vpn.example.org");
        made.add(() -> admin.delete("/api/admin/nodes/" + node).expect(204));
        String unreachable = admin.addNode("unreachable-" + run, "uapi", "no-such-namespace", "vpn.example.org");
        made.add(() -> admin.delete("/api/admin/nodes/" + unreachable).expect(204));
        String server = addServer(admin, "bad-input-" + run, 43_001, node, 10);
        String full = addServer(admin, "full-" + run, 43_002, node, 1);

        MemberDevice anothers = MemberDevice.add(another, "another's");
        String anothersConnection = anothers.connect(full).expect(200).data().getString("connectionId");
        MemberDevice own = MemberDevice.add(member, "laptop");

        names.put("run", run);
        names.put("email", email);
        names.put("password", Product.MEMBER_PASSWORD);
        names.put("node", node);
        names.put("unreachable", unreachable);
        names.put("server", server);
        names.put("full", full);
        names.put("device", own.id());
        names.put("key", own.publicKey());
        names.put("anothers device", anothers.id());
        names.put("anothers key", anothers.publicKey());
        names.put("anothers ticket", anothers.ticket());
        names.put("anothers connection", anothersConnection);
        names.put("unknown", UUID.randomUUID().toString());
        names.put("host key", SshKeyPair.generate().publicKey().text());
        names.put("zero key", Base64.getEncoder().encodeToString(new byte[32]));
        names.put("31 bytes", Base64.getEncoder().encodeToString(new byte[31]));
        names.put("33 bytes", Base64.getEncoder().encodeToString(new byte[33]));
        // The last character carries two bits that belong to no byte; only where they are zero it is canonical.
        names.put("key in bad form", "A".repeat(42) + "B=");
        names.put("x50", "x".repeat(50));
        names.put("x51", "x".repeat(51));
        names.put("x257", "x".repeat(257));
        names.put("deep", "[".repeat(100_000));
    }

    @AfterAll
    void removeWhatWasMade() {
        made.close();
    }

    @ParameterizedTest(name = "{0}: {1} {2} -> {3} {4}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # caller | request                      | body                                            | status | code                   | field

            # Devices: keys
            member | POST /api/user/devices         | {"name":"d","publicKey":""}                     | 400 | INVALID_PUBLIC_KEY       | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"AAAA"}                 | 400 | INVALID_PUBLIC_KEY       | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"<31 bytes>"}           | 400 | INVALID_PUBLIC_KEY       | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"<33 bytes>"}           | 400 | INVALID_PUBLIC_KEY       | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"<zero key>"}           | 400 | INVALID_PUBLIC_KEY       | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"<key in bad form>"}    | 400 | INVALID_PUBLIC_KEY       | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"<key>\\n"}             | 400 | INVALID_PUBLIC_KEY       | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"<key>"}                | 409 | PUBLIC_KEY_TAKEN         | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":"<anothers key>"}       | 409 | PUBLIC_KEY_TAKEN         | publicKey
            member | POST /api/user/devices         | {"name":"d","publicKey":7}                      | 400 | INVALID_PUBLIC_KEY       | publicKey

            # Devices: names
            member | POST /api/user/devices         | {}                                              | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":null}                                   | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":""}                                     | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":" "}                                    | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":"<x51>"}                                | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":"a\\nPostUp = reboot"}                  | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":"a\\u0000b"}                            | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":"a\\u202eb"}                            | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":"a\\ud800"}                             | 400 | INVALID_DEVICE_NAME      | name
            member | POST /api/user/devices         | {"name":"laptop"}                               | 409 | DEVICE_NAME_TAKEN        | name

            # Devices: ids
            member | GET /api/user/devices/<anothers device>    |                                     | 404 | DEVICE_NOT_FOUND         |
            member | DELETE /api/user/devices/<anothers device> |                                     | 404 | DEVICE_NOT_FOUND         |
            member | GET /api/user/devices/<unknown>            |                                     | 404 | DEVICE_NOT_FOUND         |
            member | GET /api/user/devices/7                    |                                     | 404 | NOT_FOUND                |
            member | GET /api/user/devices/%3B%24%28%29         |                                     | 404 | NOT_FOUND                |
            member | DELETE /api/user/devices/..%2F..%2Fx       |                                     | 404 | NOT_FOUND                |

            # Pages
            member | GET /api/user/devices?page=0           |                                         | 400 | INVALID_PARAMETER        | page
            member | GET /api/user/devices?page=-1          |                                         | 400 | INVALID_PARAMETER        | page
            admin  | GET /api/admin/audit/logs?action=a%00b |                                        | 400 | INVALID_PARAMETER        |
            member | GET /api/user/devices?page=abc         |                                         | 400 | INVALID_PARAMETER        | page
            member | GET /api/user/devices?page=99999999999 |                                         | 400 | INVALID_PARAMETER        | page
            member | GET /api/user/devices?pageSize=0       |                                         | 400 | INVALID_PARAMETER        | pageSize
            member | GET /api/user/devices?pageSize=101     |                                         | 400 | INVALID_PARAMETER        | pageSize
            member | GET /api/vpn/servers?pageSize=         |                                         | 400 | INVALID_PARAMETER        | pageSize
            member | GET /api/vpn/history?page=1.5          |                                         | 400 | INVALID_PARAMETER        | page

            # Connecting
            member | POST /api/vpn/connect          | {}                                              | 400 | INVALID_PARAMETER        | deviceId
            member | POST /api/vpn/connect          | {"deviceId":"7"}                                | 400 | MALFORMED_JSON           |
            member | POST /api/vpn/connect          | {"deviceId":"<unknown>"}                        | 404 | DEVICE_NOT_FOUND         |
            member | POST /api/vpn/connect          | {"deviceId":"<anothers device>"}                | 404 | DEVICE_NOT_FOUND         |
            member | POST /api/vpn/connect          | {"deviceId":"<device>","region":"moon"}         | 400 | UNKNOWN_REGION           | region
            member | POST /api/vpn/connect          | {"deviceId":"<device>","region":""}             | 400 | UNKNOWN_REGION           | region
            member | POST /api/vpn/connect          | {"deviceId":"<device>","serverId":"<unknown>"}  | 404 | SERVER_NOT_FOUND         |
            member | POST /api/vpn/connect          | {"deviceId":"<device>","serverId":"<full>"}     | 409 | SERVER_FULL              |
            member | POST /api/vpn/connect          | {"deviceId":"<device>","serverId":"<server>","ticket":"x"}                 | 404 | TICKET_INVALID |
            member | POST /api/vpn/connect          | {"deviceId":"<device>","serverId":"<server>","ticket":"<anothers ticket>"} | 404 | TICKET_INVALID |
            member | POST /api/vpn/disconnect       | {}                                              | 400 | INVALID_PARAMETER        | connectionId
            member | POST /api/vpn/disconnect       | {"connectionId":"<anothers connection>"}        | 404 | CONNECTION_NOT_FOUND     |
            member | POST /api/vpn/disconnect       | {"deviceId":"<anothers device>"}                | 404 | DEVICE_NOT_FOUND         |
            member | POST /api/vpn/disconnect       | {"deviceId":"<device>"}                         | 404 | CONNECTION_NOT_FOUND     |
            member | GET /api/vpn/connections/<anothers connection>/config |                          | 404 | CONNECTION_NOT_FOUND     |
            member | GET /api/vpn/connections/<anothers connection>/qr     |                          | 404 | CONNECTION_NOT_FOUND     |
            member | GET /api/vpn/servers/<unknown> |                                                 | 404 | SERVER_NOT_FOUND         |

            # Servers
            admin  | POST /api/vpn/servers | {}                                                                                | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/vpn/servers | {"name":"ab","region":"eu-central","port":44001,"nodeId":"<node>"}                | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/vpn/servers | {"name":"<x51>","region":"eu-central","port":44001,"nodeId":"<node>"}             | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/vpn/servers | {"name":"a;$(reboot)","region":"eu-central","port":44001,"nodeId":"<node>"}       | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/vpn/servers | {"name":";$()","region":"eu-central","port":44001,"nodeId":"<node>"}              | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/vpn/servers | {"name":"../etc","region":"eu-central","port":44001,"nodeId":"<node>"}            | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/vpn/servers | {"name":"abc\\n","region":"eu-central","port":44001,"nodeId":"<node>"}            | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"moon","port":44001,"nodeId":"<node>"}               | 400 | UNKNOWN_REGION      | region
            admin  | POST /api/vpn/servers | {"name":"new-<run>","port":44001,"nodeId":"<node>"}                               | 400 | UNKNOWN_REGION      | region
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","nodeId":"<node>"}                      | 400 | INVALID_PORT        | port
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":0,"nodeId":"<node>"}             | 400 | INVALID_PORT        | port
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":-1,"nodeId":"<node>"}            | 400 | INVALID_PORT        | port
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":1023,"nodeId":"<node>"}          | 400 | INVALID_PORT        | port
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":65536,"nodeId":"<node>"}         | 400 | INVALID_PORT        | port
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":44001.5,"nodeId":"<node>"}       | 400 | MALFORMED_JSON      |
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":4294967296,"nodeId":"<node>"}    | 400 | MALFORMED_JSON      |
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":4294980000,"nodeId":"<node>"}    | 400 | MALFORMED_JSON      |
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":1e999999999,"nodeId":"<node>"}   | 400 | MALFORMED_JSON      |
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":"high","nodeId":"<node>"}        | 400 | MALFORMED_JSON      |
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":44001,"nodeId":"7"}              | 400 | MALFORMED_JSON      |
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":44001,"nodeId":"<node>","capacity":0}     | 400 | INVALID_CAPACITY | capacity
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":44001,"nodeId":"<node>","capacity":65001} | 400 | INVALID_CAPACITY | capacity
            admin  | POST /api/vpn/servers | {"name":"bad-input-<run>","region":"eu-central","port":44001,"nodeId":"<node>"}   | 409 | SERVER_NAME_TAKEN   | name
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":43001,"nodeId":"<node>"}         | 409 | PORT_TAKEN          | port
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":44001,"nodeId":"<unknown>"}      | 404 | NODE_NOT_FOUND      |
            admin  | POST /api/vpn/servers | {"name":"new-<run>","region":"eu-central","port":44001,"nodeId":"<unreachable>"}  | 503 | NODE_UNREACHABLE    |
            admin  | DELETE /api/vpn/servers/<unknown> |                                                                       | 404 | SERVER_NOT_FOUND    |

            # Nodes
            admin  | POST /api/admin/nodes | {}                                                                                         | 400 | INVALID_NODE_NAME | name
            admin  | POST /api/admin/nodes | {"name":";$()","transport":"simulated","endpointHost":"a.example"}                         | 400 | INVALID_NODE_NAME | name
            admin  | POST /api/admin/nodes | {"name":"bad-input-<run>","transport":"simulated","endpointHost":"a.example"}              | 409 | NODE_NAME_TAKEN   | name
            admin  | POST /api/admin/nodes | {"name":"new-<run>","endpointHost":"a.example"}                                            | 400 | INVALID_TRANSPORT | transport
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"telnet","endpointHost":"a.example"}                       | 400 | INVALID_TRANSPORT | transport
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"simulated"}                                               | 400 | INVALID_ENDPOINT  | endpointHost
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"simulated","endpointHost":"a b"}                          | 400 | INVALID_ENDPOINT  | endpointHost
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"simulated","endpointHost":"a\\nPostUp = reboot"}          | 400 | INVALID_ENDPOINT  | endpointHost
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"uapi","networkNamespace":"../x","endpointHost":"a.example"} | 400 | INVALID_NAMESPACE | networkNamespace
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"uapi","networkNamespace":"-h","endpointHost":"a.example"}   | 400 | INVALID_NAMESPACE | networkNamespace
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"ssh","endpointHost":"a.example"}                          | 400 | INVALID_SSH_HOST  | sshHost
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"ssh","endpointHost":"a.example","sshHost":"-oProxyCommand=x","hostKey":"<host key>"}     | 400 | INVALID_SSH_HOST | sshHost
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"ssh","endpointHost":"a.example","sshHost":"a.example","sshPort":0,"hostKey":"<host key>"} | 400 | INVALID_SSH_PORT | sshPort
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"ssh","endpointHost":"a.example","sshHost":"a.example","sshUser":"a b","hostKey":"<host key>"} | 400 | INVALID_SSH_USER | sshUser
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"ssh","endpointHost":"a.example","sshHost":"a.example"}    | 400 | INVALID_HOST_KEY  | hostKey
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"ssh","endpointHost":"a.example","sshHost":"a.example","hostKey":"ssh-rsa AAAA"} | 400 | INVALID_HOST_KEY | hostKey
            admin  | POST /api/admin/nodes | {"name":"new-<run>","transport":"uapi","endpointHost":"a.example","sshHost":"a.example"}   | 400 | NOT_BY_SSH        | transport
            admin  | POST /api/admin/nodes/<node>/imports | {}                                                                          | 400 | INVALID_INTERFACE   | interfaceName
            admin  | POST /api/admin/nodes/<node>/imports | {"interfaceName":"../wg0","name":"new-<run>","region":"eu-central"}         | 400 | INVALID_INTERFACE   | interfaceName
            admin  | POST /api/admin/nodes/<node>/imports | {"interfaceName":"wg0","name":"x","region":"eu-central"}                    | 400 | INVALID_SERVER_NAME | name
            admin  | POST /api/admin/nodes/<node>/imports | {"interfaceName":"wg0","name":"new-<run>","region":"eu-central","capacity":0} | 400 | INVALID_CAPACITY  | capacity
            admin  | POST /api/admin/nodes/<node>/imports | {"interfaceName":"wg0","name":"new-<run>","region":"eu-central","devices":[null]} | 400 | INVALID_PUBLIC_KEY | publicKey
            admin  | POST /api/admin/nodes/<node>/imports | {"interfaceName":"wg0","name":"new-<run>","region":"eu-central","devices":[{"publicKey":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]} | 400 | INVALID_PUBLIC_KEY | publicKey
            admin  | POST /api/admin/nodes/<node>/imports | {"interfaceName":"wg0","name":"new-<run>","region":"eu-central"}            | 404 | INTERFACE_NOT_FOUND |
            admin  | POST /api/admin/nodes/<unknown>/imports | {"interfaceName":"wg0","name":"new-<run>","region":"eu-central"}         | 404 | NODE_NOT_FOUND      |
            admin  | GET /api/admin/nodes/<node>/imports/<unknown> |                                                                    | 404 | IMPORT_NOT_FOUND    |
            admin  | POST /api/admin/nodes/<node>/ssh-key     |                                                                         | 400 | NOT_BY_SSH        |
            admin  | PUT /api/admin/nodes/<node>/host-key     | {"hostKey":"<host key>"}                                                | 400 | NOT_BY_SSH        |
            admin  | PUT /api/admin/nodes/<node>/host-key     | {}                                                                      | 400 | NOT_BY_SSH        |
            admin  | POST /api/admin/nodes/<unknown>/ssh-key  |                                                                         | 404 | NODE_NOT_FOUND    |
            admin  | POST /api/admin/nodes/<unreachable>/check |                                                                        | 503 | NODE_UNREACHABLE  |
            admin  | POST /api/admin/nodes/<unknown>/check     |                                                                        | 404 | NODE_NOT_FOUND    |
            admin  | GET /api/admin/nodes/<unknown>            |                                                                        | 404 | NODE_NOT_FOUND    |
            admin  | DELETE /api/admin/nodes/<unknown>         |                                                                        | 404 | NODE_NOT_FOUND    |
            admin  | DELETE /api/admin/nodes/<node>            |                                                                        | 409 | NODE_IN_USE       |

            # Accounts
            nobody | POST /api/auth/signup  | {}                                                             | 400 | INVALID_EMAIL         | email
            nobody | POST /api/auth/signup  | {"email":"nobody","password":"long enough"}                    | 400 | INVALID_EMAIL         | email
            nobody | POST /api/auth/signup  | {"email":"a b@example.org","password":"long enough"}           | 400 | INVALID_EMAIL         | email
            nobody | POST /api/auth/signup  | {"email":"a@b\\r\\nBcc: c@example.org","password":"long enough"} | 400 | INVALID_EMAIL       | email
            nobody | POST /api/auth/signup  | {"email":"a@example.org"}                                      | 400 | INVALID_PASSWORD      | password
            nobody | POST /api/auth/signup  | {"email":"a@example.org","password":"7 signs"}                 | 400 | INVALID_PASSWORD      | password
            nobody | POST /api/auth/signup  | {"email":"a@example.org","password":"<x257>"}                  | 400 | INVALID_PASSWORD      | password
            nobody | POST /api/auth/signup  | {"email":"<email>","password":"long enough"}                   | 409 | EMAIL_TAKEN           | email
            nobody | POST /api/auth/signup  | {"email":"a@example.org","password":"Password123"}             | 400 | COMMON_PASSWORD       | password
            nobody | POST /api/auth/signup  | {"email":"ann.lee@example.org","password":"Ann.Lee@example.org"} | 400 | COMMON_PASSWORD     | password
            nobody | POST /api/auth/signup  | {"email":"ann.elise@example.org","password":"ann.elise"}       | 400 | COMMON_PASSWORD       | password
            nobody | POST /api/auth/login   | {"email":"nobody","password":"long enough"}                    | 400 | INVALID_EMAIL         | email

            # Mailed links, and what needs the password again
            nobody | POST /api/auth/verify-email    | {}                                                     | 400 | LINK_INVALID          |
            nobody | POST /api/auth/verify-email    | {"token":"<unknown>"}                                  | 400 | LINK_INVALID          |
            nobody | POST /api/auth/forgot-password | {"email":"nobody"}                                     | 400 | INVALID_EMAIL         | email
            nobody | POST /api/auth/reset-password  | {"token":"<unknown>","newPassword":"long enough"}      | 400 | LINK_INVALID          |
            member | PUT /api/user/password | {"currentPassword":"<password>","newPassword":"7 signs"}       | 400 | INVALID_PASSWORD      | newPassword
            member | PUT /api/user/password | {"currentPassword":"<password>","newPassword":"12345678"}      | 400 | COMMON_PASSWORD       | newPassword
            member | PUT /api/user/password | {"currentPassword":"<password>","newPassword":"<email>"}       | 400 | COMMON_PASSWORD       | newPassword
            member | PUT /api/user/email    | {"password":"<password>","email":"nobody"}                     | 400 | INVALID_EMAIL         | email
            nobody | POST /api/auth/refresh | {}                                                             | 401 | REFRESH_TOKEN_INVALID |
            nobody | POST /api/auth/refresh | {"refreshToken":"unknown"}                                     | 401 | REFRESH_TOKEN_INVALID |

            # What is no JSON of ours
            member | POST /api/user/devices |                      | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | {"name":             | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | {"name":"a"} x       | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | null                 | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | []                   | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | "name"               | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | 7                    | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | {"name":{"a":1}}     | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | {"name":"a","other":[  | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | {"other":<deep>      | 400 | MALFORMED_JSON |
            member | POST /api/user/devices | name=a               | 400 | MALFORMED_JSON |

            # What is nowhere
            member | GET /api/nothing         |                    | 404 | NOT_FOUND |
            nobody | GET /api/nothing         |                    | 404 | NOT_FOUND |
            member | GET /api/v2/user/devices |                    | 404 | NOT_FOUND |
            member | GET /api/v1/v1/auth/me   |                    | 404 | NOT_FOUND |
            """)
    void isRefusedWithItsOwnCodeAndChangesNothing(
            String caller, String request, String body, int status, String code, String field) {
        String method = request.substring(0, request.indexOf(' '));
        String path = filled(request.substring(method.length() + 1));
        String content = List.of("POST", "PUT").contains(method) ? filled(body == null ? "" : body) : null;

        assertRefused(() -> callers.get(caller).send(method, path, content), status, code, field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /api/user/devices", "POST /api/auth/login", "PUT /api/user/password"})
    void refusesNoBodyAndNoMediaType(String request) {
        String[] parts = request.split(" ");

        assertRefused(() -> callers.get("member").send(parts[0], parts[1], null), 400, "MALFORMED_JSON", null);
    }

    @Test
    void refusesABodyOfTwoMebibytesByItsDeclaredLength() {
        byte[] body = deviceOfSize(2 * MEBIBYTE);

        assertRefused(
                () -> callers.get("member")
                        .send("POST", "/api/user/devices", JSON, HttpRequest.BodyPublishers.ofByteArray(body)),
                413,
                "BODY_TOO_LARGE",
                null);
    }

    @Test
    void refusesABodyOfTwoMebibytesThatComesInChunks() {
        byte[] body = deviceOfSize(2 * MEBIBYTE);

        assertRefused(
                () -> callers.get("member")
                        .send(
                                "POST",
                                "/api/user/devices",
                                JSON,
                                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))),
                413,
                "BODY_TOO_LARGE",
                null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml"})
    void refusesAnotherMediaType(String type) {
        assertRefused(
                () -> callers.get("member")
                        .send(
                                "POST",
                                "/api/user/devices",
                                type,
                                HttpRequest.BodyPublishers.ofString("{\"name\":\"typed\"}")),
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                null);
    }

    @Test
    void refusesToAnswerInAMediaTypeItDoesNotHave() {
        assertRefused(
                () -> callers.get("member").withHeader("Accept", "text/html").get("/api/user/devices"),
                406,
                "NOT_ACCEPTABLE",
                null);
    }

    @Test
    void namesTheMethodsThatAnAddressTakes() {
        Api.Answer answer = assertRefused(
                () -> callers.get("member").send("PUT", "/api/user/devices", "{}"), 405, "METHOD_NOT_ALLOWED", null);

        assertThat(answer.header("Allow").split("\\s*,\\s*")).contains("GET", "POST");
    }

    @ParameterizedTest
    @MethodSource("keysThatAreNone")
    void refusesAnIdempotencyKeyThatIsNone(String key) {
        assertRefused(
                () -> callers.get("member")
                        .withHeader("Idempotency-Key", key)
                        .post("/api/user/devices", "{\"name\":\"keyed\"}"),
                400,
                "IDEMPOTENCY_KEY_INVALID",
                null);
    }

    static List<String> keysThatAreNone() {
        return List.of("", "has a space", "x".repeat(129));
    }

    @Test
    void tellsNobodyWhetherAnAddressHasAnAccount() {
        Api.Answer known = login(names.get("email"), "a wrong password");
        Api.Answer unknown = login("unknown@example.org", "a wrong password");

        assertThat(known.expect(401).code()).isEqualTo("WRONG_CREDENTIALS");
        product.anonymous()
                .post("/api/auth/login", "{\"email\":\"" + names.get("email") + "\"}")
                .expect(401);
        assertThat(withoutParticulars(known)).isEqualTo(withoutParticulars(unknown));
    }

    /** Clients of tomorrow may send more; what the server alone decides is not theirs to send. */
    @Test
    void ignoresFieldsThatItDoesNotKnow() {
        String account = """
                {"email":"%s","password":"long enough","role":"admin","epoch":7}""".formatted(Api.newEmail());

        JsonObject user = product.anonymous()
                .post("/api/auth/signup", account)
                .expect(201)
                .data()
                .getJsonObject("user");

        assertThat(user.getString("role")).isEqualTo("user");
    }

    /** A device's name is for people: it is stored and shown, and no program interprets it. */
    @Test
    void keepsADevicesNameAsItIs() {
        String name = "Büro ;$(reboot) `x` <b> ' 💻";
        Api member = product.member();

        String id = member.addDevice(name).getJsonObject("device").getString("id");

        assertThat(member.get("/api/user/devices/" + id).expect(200).data().getString("name"))
                .isEqualTo(name);
    }

    /** The host is gone, and the platform does not know it yet. */
    @Test
    void leavesNothingBehindWhenANodeDiesBeforeAConnect() throws Exception {
        Parts.requireForRealDevices();
        NetworkNamespace host = new NetworkNamespace("dead");
        HostedServer server = made.add(HostedServer.create(product, host, "uapi", "192.0.2.1", 43_003));
        MemberDevice device = MemberDevice.add(product.member(), "phone");
        DatabaseContent before = DatabaseContent.of(product.database());
        host.close();

        Api.Answer answer = device.connect(server.id);

        assertThat(answer.expect(503).code()).isEqualTo("NODE_UNREACHABLE");
        assertThat(device.member().get("/api/vpn/status").data().getBoolean("connected"))
                .isFalse();
        assertThat(device.member().get("/api/vpn/history").data().getInt("total"))
                .isZero();
        // The platform does not know what the host took: the address is free once the host is back and asked.
        Program.run("ip", "netns", "add", host.name).orFail();
        made.add(host::close);
        await("the platform's finding the host again")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        // That the host was mended is an event of its own.
                        () -> assertThat(DatabaseContent.of(product.database()).withoutEvents())
                                .isEqualTo(before.withoutEvents()));
        assertThat(server.peersOnHost()).isEmpty();
    }

    private Api.Answer assertRefused(Call call, int status, String code, String field) {
        DatabaseContent before = DatabaseContent.of(product.database());

        Api.Answer answer = call.send();

        assertThat(answer.status() + " " + answer.text()).startsWith(status + " {");
        JsonObject failure = answer.json();
        assertThat(failure.getBoolean("success")).isFalse();
        assertThat(failure.getString("code")).isEqualTo(code);
        assertThat(failure.getString("field", null)).isEqualTo(field);
        assertThat(failure.getString("error")).isNotBlank();
        assertThat(DatabaseContent.of(product.database())).isEqualTo(before);
        return answer;
    }

    @FunctionalInterface
    private interface Call {
        Api.Answer send();
    }

    private String filled(String template) {
        String text = template;
        for (Map.Entry<String, String> name : names.entrySet()) {
            text = text.replace("<" + name.getKey() + ">", name.getValue());
        }
        assertThat(text).as("names that nothing stands for").doesNotContainPattern("<[a-z0-9 ]+>");
        return text;
    }

    private Api.Answer login(String email, String password) {
        return product.anonymous()
                .post(
                        "/api/auth/login",
                        Json.createObjectBuilder()
                                .add("email", email)
                                .add("password", password)
                                .build())
                .expect(401);
    }

    private static JsonObject withoutParticulars(Api.Answer answer) {
        return Json.createObjectBuilder(answer.json())
                .remove("requestId")
                .remove("timestamp")
                .build();
    }

    /** All of it spaces, which JSON allows. */
    private static byte[] deviceOfSize(int bytes) {
        byte[] body = " ".repeat(bytes).getBytes(StandardCharsets.UTF_8);
        byte[] device = "{\"name\":\"large\"}".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(device, 0, body, bytes - device.length, device.length);
        return body;
    }

    private String addServer(Api admin, String name, int port, String node, int capacity) {
        String id = admin.post(
                        "/api/vpn/servers",
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add("region", "eu-central")
                                .add("port", port)
                                .add("nodeId", node)
                                .add("capacity", capacity)
                                .build())
                .expect(201)
                .data()
                .getString("id");
        made.add(() -> admin.delete("/api/vpn/servers/" + id).expect(204));
        return id;
    }
}
