package io.vpnenterprise.tenants.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.tenants.TenantJob;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What a tenant's job is said to do, its progress by steps, is what its XML does. */
class TenantJobsTest {

    @ParameterizedTest
    @EnumSource
    void hasTheStepsOfItsXmlInTheirOrder(TenantJob job) throws Exception {
        Document xml;
        try (InputStream in = TenantStep.class.getResourceAsStream("/META-INF/batch-jobs/" + job.label() + ".xml")) {
            xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        }
        NodeList steps = xml.getElementsByTagName("step");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < steps.getLength(); i++) {
            Element step = (Element) steps.item(i);
            names.add(step.getAttribute("id"));
            boolean last = i == steps.getLength() - 1;
            assertThat(step.getAttribute("next"))
                    .isEqualTo(last ? "" : ((Element) steps.item(i + 1)).getAttribute("id"));
        }

        assertThat(names).isEqualTo(job.steps());
        assertThat(xml.getDocumentElement().getAttribute("id")).isEqualTo(job.label());
    }
}
