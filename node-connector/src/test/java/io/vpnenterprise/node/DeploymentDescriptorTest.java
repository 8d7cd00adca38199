package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What ra.xml says must be so: servers report a slip in it in many words and few facts. */
class DeploymentDescriptorTest {

    private Document descriptor;

    @BeforeEach
    void parse() throws Exception {
        descriptor = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("src/main/rar/META-INF/ra.xml").toFile());
    }

    @Test
    void namesClassesThatAreThere() throws ClassNotFoundException {
        for (String element : List.of(
                "resourceadapter-class",
                "managedconnectionfactory-class",
                "connectionfactory-interface",
                "connectionfactory-impl-class",
                "connection-interface",
                "connection-impl-class",
                "messagelistener-type",
                "activationspec-class")) {
            assertThat(texts(element)).singleElement().satisfies(name -> assertThat(Class.forName(name))
                    .isNotNull());
        }
    }

    @Test
    void statesTheDefaultsOfTheAdapter() throws ReflectiveOperationException {
        NodeResourceAdapter adapter = new NodeResourceAdapter();
        List<String> names = texts("config-property-name");
        assertThat(names).containsExactly("callDeadlineMillis", "maxWaiters", "sampleEveryMillis");
        assertThat(texts("config-property-type")).containsOnly(Integer.class.getName());
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String getter = "get" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
            Object owner = names.get(i).equals("sampleEveryMillis") ? new PeerSamplesActivation() : adapter;
            assertThat(owner.getClass().getMethod(getter).invoke(owner))
                    .hasToString(texts("config-property-value").get(i));
        }
    }

    private List<String> texts(String element) {
        NodeList nodes = descriptor.getElementsByTagName(element);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().strip());
        }
        return texts;
    }
}
