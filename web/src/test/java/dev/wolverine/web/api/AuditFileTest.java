package dev.wolverine.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditFileTest {

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"})
    void aCellThatASpreadsheetWouldRunBeginsWithAnApostrophe(String value) {
        assertThat(AuditFile.cell(value)).isEqualTo("\"'" + value + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a=1", "user:a@example.org"})
    void otherCellsAreOnlyQuoted(String value) {
        assertThat(AuditFile.cell(value)).isEqualTo("\"" + value + "\"");
    }
}
