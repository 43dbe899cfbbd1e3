#include "convert/contact.hpp"
#include "convert/contact_table.hpp"
#include "convert/contact_value.hpp"
#include "convert/text_body.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <set>

namespace godwit::convert {
namespace {

namespace fs = std::filesystem;
namespace contacts = eas::contacts;
using eas::Contact, eas::ElementNames, vcard::Card;
using std::chrono::sys_days, std::chrono::year, std::chrono::hours;

std::string slurp(fs::path const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

ElementNames everything() {
    ElementNames out;
    for (auto const& row : eas::document<Contact>().rows) out.tags.push_back(row.wrapper.value_or(row.tag));
    return out;
}
ContactRules all_ours(eas::Version version = eas::v16_1) { return {.version = version, .supported = everything()}; }

Card made(Contact const& said, ContactRules const& rules = all_ours()) {
    auto card = new_contact(said, rules, "uid-1");
    EXPECT_TRUE(card) << card.error();
    if (!card) return {};
    auto again = vcard::read_card(vcard::write(*card)); // as it is stored
    EXPECT_EQ(*again, *card);
    return *card;
}
Card changed(Card const& card, Contact const& said, ContactRules const& rules = all_ours()) {
    auto after = changed_contact(card, said, rules);
    EXPECT_TRUE(after) << after.error();
    return after ? *after : Card{};
}
Contact shown(Card const& card, eas::Version version = eas::v16_1) { return to_contact(card, {}, version); }

Card card_of(std::string const& lines) {
    return vcard::upgraded(*vcard::read_card("BEGIN:VCARD\r\nVERSION:4.0\r\n" + lines + "END:VCARD\r\n"));
}

std::vector<Card> corpus() {
    std::vector<Card> out;
    fs::path folder = GODWIT_SHARED "/corpus/vcard";
    if (!fs::exists(folder)) return out;
    for (auto const& entry : fs::directory_iterator(folder)) {
        auto bytes = slurp(entry.path());
        vcard::Reader reader(bytes);
        for (auto one = reader.next(); one; one = reader.next()) out.push_back(vcard::upgraded(**one));
    }
    return out;
}

eas::DateTimeOrEmpty day(int y, unsigned m, unsigned d) {
    return {eas::Instant(sys_days(year(y) / std::chrono::month(m) / std::chrono::day(d)))};
}

Contact some(std::mt19937& random) {
    auto chance = [&] { return random() % 3 == 0; };
    Contact out;
    for (auto const& row : element_rows())
        if (chance()) out.*row.member = std::string(row.tag.name) + ", of; \\ \xC3\xA9" + std::to_string(random() % 9);
    if (chance()) out.email_1_address = "\"Anna; B\" <a@x.org>";
    if (chance()) out.birthday = day(1970 + int(random() % 50), 2, 28);
    if (chance()) out.anniversary = day(2001, 12, 31);
    if (chance()) out.children = {{"Ida", "Max, the second"}};
    if (chance()) out.categories = {{"Blue", "a,b"}};
    if (chance()) out.picture = "/9j/AAAA";
    if (chance()) out.body = eas::Body{.data = eas::Content{"line\r\nline"}};
    return out;
}

// What the phone is shown beside what it said: a name to file by, and notes, if there are none.
Contact with_what_is_always_there(Contact said, Contact const& shown) {
    if (!said.file_as) said.file_as = shown.file_as;
    if (!said.body) said.body = eas::Body{.data = eas::Content{}};
    said.body->estimated_data_size = std::uint32_t(said.body->data->bytes.size());
    return said;
}

TEST(ContactTable, HasEveryElementOnce) {
    std::set<std::string_view> ours{"Birthday", "Anniversary", "Child", "Category", "Body", "Picture"};
    for (auto const& row : element_rows()) EXPECT_TRUE(ours.insert(row.tag.name).second) << row.tag.name;
    for (auto const& row : eas::document<Contact>().rows)
        EXPECT_TRUE(ours.contains(row.tag.name) || row.tag == contacts::Alias || row.tag == contacts::WeightedRank)
            << row.tag.name;
    EXPECT_EQ(ours.size() + 2, eas::document<Contact>().rows.size());
}

// ./dev test holds the page equal to the table; on a difference it lies beside the build.
TEST(ContactTable, IsThePageOfTheManual) {
    auto page = slurp(GODWIT_SOURCE "/docs/contacts.md");
    auto begin = page.find("| element |");
    if (page.substr(std::min(begin, page.size())) == describe_contacts()) return;
    std::ofstream("contacts.md.expected") << describe_contacts();
    ADD_FAILURE() << "docs/contacts.md is to end with contacts.md.expected";
}

// Random EAS, stored, EAS: the same elements; and what was added is then changed into something else altogether.
TEST(Contact, ComesBackAsItWasSaid) {
    std::mt19937 random(7);
    for (auto version : eas::spoken_versions)
        for (int i = 0; i < 200; ++i) {
            auto first = some(random), second = some(random);
            auto card = made(first, all_ours(version));
            EXPECT_EQ(shown(card, version), with_what_is_always_there(first, shown(card, version)))
                << vcard::write(card);
            if (!second.body) second.body = eas::Body{.data = eas::Content{}};
            auto said = second;
            if (!said.picture) said.picture = ""; // left out it would stay (MS-ASCMD_R878)
            auto after = changed(card, said, all_ours(version));
            EXPECT_EQ(shown(after, version), with_what_is_always_there(second, shown(after, version)))
                << vcard::write(card) << vcard::write(after);
            EXPECT_TRUE(is_same_contact(after, said, all_ours(version)));
        }
}

TEST(Contact, SaidBackChangesNothing) {
    for (auto const& card : corpus())
        for (auto version : eas::spoken_versions) {
            EXPECT_EQ(changed(card, shown(card, version), all_ours(version)), card);
            EXPECT_TRUE(is_same_contact(card, shown(card, version), all_ours(version)));
        }
}

// An edit of one element touches one property: all the others stay, in their order.
TEST(Contact, AnEditKeepsAllElse) {
    for (auto const& card : corpus())
        for (auto const& row : element_rows()) {
            SCOPED_TRACE(row.tag.name);
            auto said = shown(card);
            said.*row.member = "something new";
            auto after = changed(card, said);
            EXPECT_EQ(shown(after).*row.member, "something new") << vcard::write(after);
            auto expected = said;
            auto const fn = [](Card const& c) { return c.find("FN") ? c.find("FN")->value : std::string(); };
            bool const made = fn(card).empty() || fn(card) == vcard::formatted_name(card); // then it follows the name
            EXPECT_EQ(fn(after), made ? vcard::formatted_name(after) : fn(card)) << vcard::write(card);
            if (row.tag != eas::contacts::FileAs) expected.file_as = shown(after).file_as;
            EXPECT_EQ(shown(after), expected) << vcard::write(card) << vcard::write(after);
            auto names = [](Card const& c, bool all) {
                std::vector<std::string> out;
                for (auto const& p : c.properties)
                    if (all || (p.name != "FN")) out.push_back(p.group + "." + p.name + ":" + p.value);
                return out;
            };
            auto before = names(card, false), now = names(after, false);
            std::size_t kept = 0;
            for (auto const& one : before) kept += std::size_t(std::ranges::count(now, one) > 0);
            EXPECT_GE(kept + 1, before.size()) << vcard::write(after);
            said.*row.member = "";
            EXPECT_EQ((shown(changed(after, said)).*row.member).value_or("").find("something"), std::string::npos);
        }
}

TEST(Contact, FnFollowsTheNameThatItWasMadeOf) {
    struct Row {
        std::string card;
        std::optional<std::string> Contact::* member;
        std::string expected;
    };
    for (auto const& row : {Row{"FN:Plumber\r\n", &Contact::company_name, "Plumber"},
                            Row{"FN:Plumber\r\nN:Doe;Ida;;;\r\n", &Contact::company_name, "Plumber"},
                            Row{"FN:Plumber\r\nN:Doe;Ida;;;\r\n", &Contact::first_name, "Plumber"},
                            Row{"FN:Ida Doe\r\nN:Doe;Ida;;;\r\n", &Contact::company_name, "Ida Doe"},
                            Row{"FN:Ida Doe\r\nN:Doe;Ida;;;\r\n", &Contact::first_name, "ACME Doe"},
                            Row{"FN:Old\r\nORG:Old\r\n", &Contact::company_name, "ACME"}}) {
        auto said = shown(card_of(row.card));
        said.*row.member = "ACME";
        EXPECT_EQ(changed(card_of(row.card), said).find("FN")->value, row.expected) << row.card;
    }
}

TEST(Contact, UnknownPropertiesStayWhereTheyAre) {
    auto card = card_of("FN:Ida Doe\r\nitem1.TEL;TYPE=cell;X-A=b:1\r\nitem1.X-ABLABEL:mine\r\nX-ODD;P=q:z\r\n"
                        "N:Doe;Ida;;;\r\nORG:A;B;C\r\nADR;TYPE=home:box;ext;Street 1;Bern;;3000;CH\r\nNOTE:n\r\n");
    auto said = shown(card);
    said.mobile_phone_number = "2";
    said.company_name = "Z";
    said.home_address_city = "Basel";
    said.first_name = "Eva";
    EXPECT_EQ(vcard::write(changed(card, said)),
              "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Eva Doe\r\nitem1.TEL;TYPE=cell;X-A=b:2\r\nitem1.X-ABLABEL:mine\r\n"
              "X-ODD;P=q:z\r\nN:Doe;Eva;;;\r\nORG:Z;B;C\r\nADR;TYPE=home:box;ext;Street 1;Basel;;3000;CH\r\nNOTE:n\r\n"
              "END:VCARD\r\n");
    said.mobile_phone_number.reset();
    EXPECT_FALSE(vcard::write(changed(card, said)).contains("item1")); // its label goes with it
}

// A second number alone stays the second, whatever else is there.
TEST(Contact, PlacesAreKept) {
    auto card =
        card_of("FN:x\r\nEMAIL:a@x\r\nEMAIL;PREF=1:b@x\r\nEMAIL:c@x\r\nEMAIL:d@x\r\nTEL:9\r\nTEL;TYPE=work:1\r\n");
    auto first = shown(card);
    EXPECT_EQ(first.email_1_address, "b@x");
    EXPECT_EQ(first.email_2_address, "a@x");
    EXPECT_EQ(first.home_phone_number, "9");
    auto said = first;
    said.email_1_address.reset();
    said.home_2_phone_number = "8";
    said.home_phone_number.reset();
    auto after = changed(card, said);
    EXPECT_EQ(shown(after), said) << vcard::write(after);
    EXPECT_TRUE(vcard::write(after).contains("d@x"));
    said.email_1_address = "e@x";
    EXPECT_EQ(shown(changed(after, said)), said);
}

TEST(Contact, GhostsByWhatThePhoneSupports) {
    ElementNames const city{{contacts::HomeAddressCity, contacts::Picture, contacts::Birthday, contacts::Children}};
    auto const full = made({.last_name = "Doe",
                            .home_address_city = "Bern",
                            .spouse = "Max",
                            .picture = "/9j/AAAA",
                            .birthday = day(1980, 3, 22),
                            .children = {{"Ida"}},
                            .categories = {{"Blue"}},
                            .body = eas::Body{.data = eas::Content{"note"}}});
    struct Row {
        char const* why;
        eas::Version version;
        std::optional<ElementNames> supported;
        bool city, spouse, picture, birthday, children, categories; // what is left after a Change of the last name only
    };
    for (auto const& row : {
             Row{"listed: not ghosted, the rest is (R5907, R5908)", eas::v12_1, city, 0, 1, 1, 0, 0, 1},
             {"listed", eas::v14_1, city, 0, 1, 1, 0, 0, 1},
             {"listed, but the picture stays (R878)", eas::v16_1, city, 0, 1, 1, 0, 0, 1},
             {"empty: all are ghosted (R5909)", eas::v12_1, ElementNames{}, 1, 1, 1, 1, 1, 1},
             {"empty", eas::v16_1, ElementNames{}, 1, 1, 1, 1, 1, 1},
             {"absent, 16.x: none is ghosted (R5906) but the picture (trap 25)", eas::v16_0, {}, 0, 0, 1, 0, 0, 0},
             {"absent", eas::v16_1, {}, 0, 0, 1, 0, 0, 0},
             {"absent, up to 14.1: kept as Exchange keeps them (trap 25)", eas::v12_1, {}, 1, 1, 1, 1, 1, 1},
             {"absent", eas::v14_0, {}, 1, 1, 1, 1, 1, 1},
             {"absent", eas::v14_1, {}, 1, 1, 1, 1, 1, 1},
         }) {
        SCOPED_TRACE(std::string(row.why) + " at " + std::string(eas::name(row.version)));
        auto after = shown(changed(full, {.last_name = "Roe"}, {.version = row.version, .supported = row.supported}));
        EXPECT_EQ(after.last_name, "Roe");
        EXPECT_EQ(after.home_address_city.has_value(), row.city);
        EXPECT_EQ(after.spouse.has_value(), row.spouse);
        EXPECT_EQ(after.picture.has_value(), row.picture);
        EXPECT_EQ(after.birthday.has_value(), row.birthday);
        EXPECT_EQ(after.children.has_value(), row.children);
        EXPECT_EQ(after.categories.has_value(), row.categories);
        EXPECT_EQ(after.body->data->bytes, "note"); // MS-ASCNTC_R461, always
        // An empty element takes the value away, whatever is ghosted.
        auto emptied =
            shown(changed(full, {.last_name = "", .spouse = "", .birthday = eas::DateTimeOrEmpty{}, .children = {{}}},
                          {.version = row.version, .supported = row.supported}));
        EXPECT_FALSE(emptied.last_name || emptied.spouse || emptied.birthday || emptied.children);
    }
    EXPECT_EQ(changed(full, {}, {}), full); // nothing said
}

TEST(Contact, ADateIsADayWhateverTheClockSays) {
    struct Row {
        char const* who;
        hours clock;
        bool ios;
        int expected; // days after
    };
    for (auto const& row : {Row{"midnight in Greenwich", hours(0), false, 0},
                            {"Gmail", hours(12), false, 0},
                            {"the stock client", hours(8), false, 0},
                            {"BlackBerry 10", hours(11), false, 0},
                            {"iOS in Berlin", hours(23), true, 1},
                            {"iOS in New York", hours(5), true, 0},
                            {"iOS in Tokyo", hours(15), true, 1},
                            {"iOS in Auckland", hours(12), true, 1},
                            {"iOS in Auckland, in summer", hours(11), true, 1},
                            {"iOS in Honolulu", hours(10), true, 0}}) {
        auto said = day(1980, 3, 22);
        *said.at += row.clock;
        auto rules = all_ours();
        rules.dates_are_local_midnights = row.ios;
        auto card = made({.birthday = said}, rules);
        EXPECT_EQ(shown(card).birthday, day(1980, 3, 22 + unsigned(row.expected))) << row.who;
        EXPECT_EQ(changed(card, {.file_as = shown(card).file_as, .birthday = said}, rules), card) << row.who;
    }
}

TEST(Contact, DatesOfCards) {
    for (auto const& [text, expected] : std::vector<std::pair<std::string, std::optional<eas::DateTimeOrEmpty>>>{
             {"19800322", day(1980, 3, 22)},
             {"1980-03-22", day(1980, 3, 22)},
             {"20090808T1430-0500", day(2009, 8, 8)},
             {"--0203", day(1604, 2, 3)},
             {"--0229", day(1604, 2, 29)},
             {"1980", {}},
             {"1980-03", {}},
             {"20010229", {}},
             {"00000101", {}},
             {"circa 1800", {}},
             {"", {}}}) {
        auto card = card_of("FN:x\r\nBDAY:" + text + "\r\n");
        EXPECT_EQ(shown(card).birthday, expected) << text;
        auto said = shown(card);
        EXPECT_EQ(changed(card, said), card) << text; // what cannot be shown is not taken away either
    }
    EXPECT_EQ(made({.birthday = day(1604, 2, 3)}).find("BDAY")->value, "--0203");
}

TEST(Contact, Pictures) {
    auto with = [](std::string picture) { return Contact{.last_name = "Doe", .picture = std::move(picture)}; };
    auto card = made(with("/9j/AAAA"));
    EXPECT_EQ(card.find("PHOTO")->value, "data:image/jpeg;base64,/9j/AAAA");
    EXPECT_EQ(made(with("iVBORw0K")).find("PHOTO")->value, "data:image/png;base64,iVBORw0K");
    EXPECT_FALSE(new_contact(with(std::string(48 * 1024 + 4, 'A')), all_ours(), "u")); // MS-ASCNTC_R384
    EXPECT_TRUE(new_contact(with(std::string(48 * 1024, 'A')), all_ours(), "u"));
    EXPECT_FALSE(new_contact(with("no base64!"), all_ours(), "u"));
    EXPECT_FALSE(shown(changed(card, with(""))).picture);
    // One that is too large to be shown is not taken away by a phone that knows of none.
    auto large = card_of("FN:Doe\r\nN:Doe;;;;\r\nPHOTO:data:image/jpeg;base64," + std::string(5 << 20, 'A') + "\r\n");
    EXPECT_FALSE(shown(large).picture);
    EXPECT_EQ(changed(large, {.last_name = "Doe"}), large);
    EXPECT_EQ(changed(large, with("")), large);
}

// clients.md 4.1: iOS sends <Picture/> with every edit.
TEST(Contact, QuirkIosEmptyPictureIsUnchanged) {
    auto rules = all_ours();
    rules.empty_picture_says_nothing = true;
    auto card = made({.last_name = "Doe", .picture = "/9j/AAAA"}, rules);
    EXPECT_EQ(shown(changed(card, {.last_name = "Roe", .picture = ""}, rules)).picture, "/9j/AAAA");
    EXPECT_EQ(shown(changed(card, {.last_name = "Roe", .picture = "/9j/BBBB"}, rules)).picture, "/9j/BBBB");
}

TEST(Contact, Notes) {
    auto card = made({.body = eas::Body{.data = eas::Content{"0123456789"}}});
    BodyOptions const cut{.preferences = {{.type = eas::BodyType::Plain, .truncation_size = 4}}};
    auto part = to_contact(card, cut, eas::v16_1).body;
    EXPECT_EQ(part->data->bytes, "0123");
    EXPECT_EQ(part->truncated, true);
    auto rules = all_ours();
    rules.body = cut;
    EXPECT_EQ(changed(card, {.file_as = shown(card).file_as, .body = part}, rules), card); // it never saw the rest
    part->data->bytes = "new";
    EXPECT_EQ(shown(changed(card, {.body = part}, rules)).body->data->bytes, "new");
    EXPECT_FALSE(
        changed_contact(card, {.body = eas::Body{.type = eas::BodyType::Rtf, .data = eas::Content{"x"}}}, rules));
    auto html = eas::Body{.type = eas::BodyType::Html, .data = eas::Content{"<p>a</p><p>b</p>"}};
    EXPECT_TRUE(shown(changed(card, {.body = html})).body->data->bytes.starts_with("a"));
    html.data.reset();
    EXPECT_FALSE(changed(card, {.body = html}).find("NOTE"));
}

TEST(Contact, NamesToShow) {
    EXPECT_EQ(made({.first_name = "Ida", .last_name = "Doe"}).find("FN")->value, "Ida Doe");
    EXPECT_EQ(made({.file_as = "Doe, Ida"}).find("FN")->value, "Doe\\, Ida");
    EXPECT_EQ(made({.company_name = "IBM"}).find("FN")->value, "IBM");
    EXPECT_EQ(made({.web_page = "http://x.org/a,b"}).find("URL")->value, "http://x.org/a,b");
    auto named = made({.file_as = "Doe, Ida", .first_name = "Ida", .last_name = "Doe"});
    EXPECT_EQ(shown(named).file_as, "Doe, Ida");
    EXPECT_EQ(named.find("X-FILE-AS")->value, "Doe\\, Ida");
}

TEST(Contact, KeysOfTheSame) {
    EXPECT_EQ(contact_key({.first_name = "Ida", .last_name = "DOE", .spouse = "x"}),
              contact_key({.first_name = "ida", .last_name = "Doe"}));
    EXPECT_NE(contact_key({.first_name = "Ida"}), contact_key({.last_name = "Ida"}));
}

} // namespace
} // namespace godwit::convert
