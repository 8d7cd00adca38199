package io.vpnenterprise.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A log that cannot fill the disk: five files of 5 MB, as the original's, {@code server.log} the newest and {@code
 * server.log.4} the oldest. One thread writes.
 */
final class LogFile {
    static final long MAX_BYTES = 5_000_000;
    static final int FILES = 5;

    private final Path path;
    private OutputStream out;
    private long size;

    private LogFile(Path path) throws IOException {
        this.path = path;
        Files.createDirectories(path.getParent());
        open();
    }

    /**
     * Writes each line of the stream and shows it to the reader, until the stream ends. Reads on when it cannot write: a
     * program whose output nobody takes stands still.
     */
    static void copy(InputStream lines, Path path, Consumer<String> reader) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8))) {
            LogFile log = new LogFile(path);
            boolean writes = true;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                reader.accept(line);
                if (writes) {
                    writes = log.append(line);
                }
            }
            log.out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + path, e);
        }
    }

    private boolean append(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (size > 0 && size + bytes.length > MAX_BYTES) {
                rotate();
            }
            out.write(bytes);
            size += bytes.length;
            return true;
        } catch (IOException e) {
            System.err.println("The log " + path + " ends here, it cannot be written: " + e.getMessage());
            return false;
        }
    }

    private void rotate() throws IOException {
        out.close();
        for (int i = FILES - 1; i > 0; i--) {
            Path newer = i == 1 ? path : numbered(i - 1);
            if (Files.exists(newer)) {
                Files.move(newer, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        open();
    }

    private void open() throws IOException {
        out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(path);
    }

    private Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }
}
