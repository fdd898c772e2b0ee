package dev.wolverine.bench.fleet;

import java.util.List;

/** Names and kinds of the instances, fifty to a round; later rounds carry a number. */
final class Roster {

    /** One instance by name and kind. */
    record Member(String name, Kind kind) {}

    private static final List<Member> ROUND =
            List.of(
                    new Member("checkout-api", Kind.SAW_TOOTH),
                    new Member("cart-eu-1", Kind.DIURNAL),
                    new Member("image-resizer", Kind.LINEAR_LEAK),
                    new Member("billing-worker", Kind.FLAT),
                    new Member("search-eu-2", Kind.CACHE_FILL),
                    new Member("payment-gateway", Kind.CRASH_LOOP),
                    new Member("support-copilot", Kind.EXPENSIVE),
                    new Member("edge-lisbon", Kind.OFFLINE),
                    new Member("catalogue-api", Kind.DEPLOYED),
                    new Member("legacy-invoices", Kind.CLIENT_0_1),
                    new Member("session-store", Kind.MASKED_LEAK),
                    new Member("inventory-sync", Kind.FAILING_REPAIRS),
                    new Member("auth-eu-1", Kind.SAW_TOOTH),
                    new Member("auth-us-1", Kind.SAW_TOOTH),
                    new Member("mailer", Kind.FLAT),
                    new Member("storefront-eu", Kind.DIURNAL),
                    new Member("storefront-us", Kind.DIURNAL),
                    new Member("report-builder", Kind.STAIRCASE_LEAK),
                    new Member("geo-lookup", Kind.CACHE_FILL),
                    new Member("webhook-relay", Kind.CRASH_LOOP),
                    new Member("orders-api", Kind.DEPLOYED),
                    new Member("pdf-renderer", Kind.LINEAR_LEAK),
                    new Member("partner-portal", Kind.CLIENT_1_6),
                    new Member("edge-tromso", Kind.OFFLINE),
                    new Member("cron-nightly", Kind.FLAT),
                    new Member("pricing-eu", Kind.SAW_TOOTH),
                    new Member("pricing-us", Kind.SAW_TOOTH),
                    new Member("code-reviewer", Kind.EXPENSIVE),
                    new Member("feed-importer", Kind.MASKED_LEAK),
                    new Member("notifications", Kind.DIURNAL),
                    new Member("config-service", Kind.FLAT),
                    new Member("recommender", Kind.CACHE_FILL),
                    new Member("sms-sender", Kind.CRASH_LOOP),
                    new Member("returns-api", Kind.DEPLOYED),
                    new Member("old-intranet", Kind.CLIENT_LEAN),
                    new Member("edge-nairobi", Kind.OFFLINE),
                    new Member("chat-gateway", Kind.LINEAR_LEAK),
                    new Member("search-us-1", Kind.SAW_TOOTH),
                    new Member("tax-calculator", Kind.FLAT),
                    new Member("warehouse-api", Kind.DIURNAL),
                    new Member("crm-bridge", Kind.FAILING_REPAIRS),
                    new Member("video-thumbs", Kind.STAIRCASE_LEAK),
                    new Member("loyalty-api", Kind.DEPLOYED),
                    new Member("suggest-api", Kind.CACHE_FILL),
                    new Member("hr-forms", Kind.CLIENT_1_6),
                    new Member("shipping-quotes", Kind.CRASH_LOOP),
                    new Member("edge-lima", Kind.OFFLINE),
                    new Member("research-agent", Kind.EXPENSIVE),
                    new Member("admin-backend", Kind.SAW_TOOTH),
                    new Member("status-page", Kind.FLAT));

    private Roster() {}

    static Member member(int index) {
        Member member = ROUND.get(index % ROUND.size());
        int round = index / ROUND.size();
        return round == 0 ? member : new Member(member.name() + "-" + (round + 1), member.kind());
    }
}
