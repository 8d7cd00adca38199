package io.vpnenterprise.notifications;

import java.util.List;
import java.util.Optional;

/**
 * What a mail says.
 *
 * @param subject one line
 * @param paragraphs plain text
 * @param link what the reader is to follow; may be null. Whoever has it can do what it stands for
 */
public record MailText(String subject, List<String> paragraphs, String link) {

    /** RFC 5322 asks for fewer than 998 in a line; people for fewer still. */
    private static final int MAX_SUBJECT = 150;

    public MailText {
        paragraphs = List.copyOf(paragraphs);
        // Names that people chose may be in it: it must stay one line of one header.
        subject = subject.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]+", " ").strip();
        subject = subject.length() > MAX_SUBJECT ? subject.substring(0, MAX_SUBJECT) : subject;
    }

    Optional<String> linkToFollow() {
        return Optional.ofNullable(link);
    }

    String plain() {
        String text = String.join("\n\n", paragraphs);
        return linkToFollow().map(to -> text + "\n\n" + to).orElse(text) + "\n";
    }

    String html() {
        StringBuilder html = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><body>");
        paragraphs.forEach(
                paragraph -> html.append("<p>").append(escaped(paragraph)).append("</p>"));
        linkToFollow().map(MailText::escaped).ifPresent(to -> html.append("<p><a href=\"")
                .append(to)
                .append("\">")
                .append(to)
                .append("</a></p>"));
        return html.append("</body></html>\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    @Override
    public String toString() {
        return "MailText[" + subject + ", ***]";
    }
}
