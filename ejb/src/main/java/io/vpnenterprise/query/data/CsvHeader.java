package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.VpnException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The first line of CSV (RFC 4180), which names columns; read byte by byte, so that the rest stays in the stream. */
record CsvHeader(List<String> columns, byte[] bytes) {

    private static final int MOST_BYTES = 1 << 17;

    static CsvHeader read(InputStream csv) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean quoted = false;
        int next = csv.read();
        while (next >= 0 && (quoted || next != '\n')) {
            if (next == '"') {
                quoted = !quoted;
            }
            line.write(next);
            if (line.size() > MOST_BYTES) {
                throw new VpnException(DataError.IMPORT_REFUSED, "line 1 is too long");
            }
            next = csv.read();
        }
        if (next == '\n') {
            line.write(next);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        // A mark of the byte order is no part of a name.
        String names = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return new CsvHeader(cells(names.replaceFirst("\r?\n?$", "")), line.toByteArray());
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    /** The whole again: PostgreSQL counts its lines from the first. */
    InputStream inFrontOf(InputStream rest) {
        return new SequenceInputStream(new ByteArrayInputStream(bytes), rest);
    }
}
