package io.vpnenterprise.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.HeaderParam;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrossOriginTest {

    private static final Path CLASSES = Path.of("target", "classes");

    @Test
    void letsPagesSendEveryHeaderThatAResourceTakes() throws Exception {
        Set<String> taken = new TreeSet<>();
        for (Class<?> resource : resources()) {
            for (Method method : resource.getDeclaredMethods()) {
                for (Annotation[] annotations : method.getParameterAnnotations()) {
                    for (Annotation annotation : annotations) {
                        if (annotation instanceof HeaderParam header) {
                            taken.add(header.value());
                        }
                    }
                }
            }
        }

        assertThat(taken).isNotEmpty();
        assertThat(CrossOrigin.ALLOWED).containsAll(taken);
    }

    private static List<Class<?>> resources() throws IOException, ClassNotFoundException {
        List<Class<?>> resources = new java.util.ArrayList<>();
        try (Stream<Path> files = Files.walk(CLASSES)) {
            for (Path file : files.filter(path -> path.toString().endsWith("Resource.class"))
                    .toList()) {
                resources.add(Class.forName(
                        CLASSES.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "")));
            }
        }
        return resources;
    }
}
