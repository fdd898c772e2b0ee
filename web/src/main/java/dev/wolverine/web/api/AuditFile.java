package dev.wolverine.web.api;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.AuditRecord;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The audit log as a file: one JSON object a line, or a table. */
public enum AuditFile {
    NDJSON("application/x-ndjson") {
        @Override
        Buffer head() {
            return Buffer.buffer();
        }

        @Override
        String row(AuditRecord record) {
            return AuditHandler.line(record);
        }
    },

    CSV("text/csv; charset=utf-8") {
        @Override
        Buffer head() {
            return Buffer.buffer("sequence,at,subject,action,target,detail,previousHash,hash\r\n");
        }

        @Override
        String row(AuditRecord record) {
            AuditEntry entry = record.entry();
            String detail =
                    entry.detail().entrySet().stream()
                            .map(one -> one.getKey() + "=" + one.getValue())
                            .collect(Collectors.joining("; "));
            return Stream.of(
                                    Long.toString(record.sequence()),
                                    entry.at().toString(),
                                    entry.subject(),
                                    entry.action(),
                                    entry.target(),
                                    detail,
                                    HexFormat.of().formatHex(record.previousHash()),
                                    HexFormat.of().formatHex(record.hash()))
                            .map(AuditFile::cell)
                            .collect(Collectors.joining(","))
                    + "\r\n";
        }
    };

    /** What makes a spreadsheet take a cell for a formula. */
    private static final String FORMULA_STARTS = "=+-@\t\r\n";

    private final String contentType;

    AuditFile(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /** The name of the form: also of the command line and in `format`. */
    public String extension() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** What stands before the first row; may be empty. */
    abstract Buffer head();

    abstract String row(AuditRecord record);

    Buffer rows(List<AuditRecord> records) {
        Buffer rows = Buffer.buffer();
        records.forEach(record -> rows.appendString(row(record)));
        return rows;
    }

    /** All of it as one text after another, for who writes it elsewhere. */
    public String text(List<AuditRecord> records) {
        return rows(records).toString();
    }

    /** The same for what stands before the first row. */
    public String beginning() {
        return head().toString();
    }

    /** Quoted; a leading apostrophe keeps a spreadsheet from running what others have typed. */
    static String cell(String value) {
        String guarded =
                !value.isEmpty() && FORMULA_STARTS.indexOf(value.charAt(0)) >= 0
                        ? "'" + value
                        : value;
        return "\"" + guarded.replace("\"", "\"\"") + "\"";
    }
}
