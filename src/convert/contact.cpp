#include "convert/contact.hpp"

#include "convert/contact_value.hpp"
#include "convert/omission.hpp"
#include "convert/text_body.hpp"
#include "mime/charset.hpp"
#include "mime/header.hpp"
#include "vcard/value.hpp"
#include "wbxml/base64.hpp"

#include <algorithm>

namespace godwit::convert {
namespace {

using eas::Contact;
using vcard::Card;

constexpr std::size_t largest_picture = 48 * 1024; // in base64 (MS-ASCNTC_R381, R384)
constexpr std::size_t most_listed = 300;           // MS-ASCNTC_R183, R194

// ---- what is shown

std::string notes_of(Card const& card) {
    std::string out;
    for (auto const& p : card.properties)
        if (p.name == "NOTE") out += (out.empty() ? "" : "\n\n") + vcard::unescaped(p.value);
    return out;
}

bool is_child(vcard::Property const& p) {
    return (p.name == "RELATED" && p.has_type("child")) || p.name == "X-MS-CHILD";
}

std::vector<std::string> children_of(Card const& card) {
    std::vector<std::string> out;
    for (auto const& p : card.properties)
        if (is_child(p) && out.size() < most_listed) out.push_back(shown_value(p, Form::Text, -1));
    return out;
}

std::vector<std::string> categories_of(Card const& card) {
    std::vector<std::string> out;
    for (auto const& p : card.properties) {
        if (p.name != "CATEGORIES") continue;
        for (auto const& one : vcard::split(p.value, ','))
            if (auto text = mime::clean(vcard::unescaped(one)); !text.empty() && out.size() < most_listed)
                out.push_back(std::move(text));
    }
    return out;
}

bool is_shown_photo(vcard::Property const& p) {
    auto const comma = p.value.find(',');
    return p.name == "PHOTO" && p.value.starts_with("data:") && comma != p.value.npos &&
           p.value.substr(0, comma).ends_with(";base64") && p.value.size() - comma - 1 <= largest_picture &&
           p.value.size() > comma + 1;
}

std::optional<std::vector<std::string>> unless_empty(std::vector<std::string> list) {
    if (list.empty()) return std::nullopt; // one at least (MS-ASCNTC_R507)
    return list;
}

std::optional<eas::DateTimeOrEmpty> date_of(vcard::Property const& p) {
    auto const day = day_of(p.value);
    if (!day) return std::nullopt;
    return eas::DateTimeOrEmpty{eas::Instant(std::chrono::sys_days(*day))};
}

// ---- what is said

bool goes_unsaid(eas::Tag tag, ContactRules const& rules) {
    return omission_removes(tag, rules.version, rules.supported);
}

class CardMerge {
public:
    CardMerge(Card card, ContactRules const& rules)
        : rules_(rules), before_(to_contact(card, rules.body, rules.version)), card_(std::move(card)),
          filed_(filed(card_)), formatted_(vcard::formatted_name(card_)) {}

    std::string_view apply(Contact const& said) {
        for (auto const& row : element_rows()) element(row, said);
        date(Slot::Birthday, eas::contacts::Birthday, said.birthday, before_.birthday);
        date(Slot::Anniversary, eas::contacts::Anniversary, said.anniversary, before_.anniversary);
        children(said);
        categories(said);
        if (said.body)
            if (auto wrong = body(*said.body); !wrong.empty()) return wrong;
        return picture(said);
    }

    Card finish() {
        mark();
        rename();
        return std::move(card_);
    }

private:
    void element(ElementRow const& row, Contact const& said) {
        auto const& now = said.*row.member;
        if (!now && !goes_unsaid(row.tag, rules_)) return;
        auto const text = now ? with_plain_lines(*now) : std::string();
        auto const& shown = before_.*row.member;
        if (text == (shown ? with_plain_lines(*shown) : std::string())) return;
        auto const& slot = row_of(row.slot);
        put(row.slot, text.empty() && row.part < 0,
            [&](vcard::Property& p) { set_value(p, slot.form, row.part, text); });
    }

    void date(Slot slot, eas::Tag tag, std::optional<eas::DateTimeOrEmpty> const& now,
              std::optional<eas::DateTimeOrEmpty> const& shown) {
        if (!now && !goes_unsaid(tag, rules_)) return;
        bool const none = !now || !now->at;
        if (none && !shown) return; // less than a day, perhaps: the phone could not know
        if (none) return put(slot, true, [](vcard::Property&) {});
        auto const day = day_meant(*now->at, rules_.dates_are_local_midnights);
        if (shown && eas::Instant(std::chrono::sys_days(day)) == *shown->at) return;
        put(slot, false, [&](vcard::Property& p) {
            p.value = date_value(day);
            p.drop_parameter("VALUE");
        });
    }

    // The property of the slot, made where missing, is changed by `edit`; gone if `remove`, or if nothing is left of
    // it.
    template <class Edit> void put(Slot slot, bool remove, Edit edit) {
        auto const found = std::ranges::find(filed_, slot);
        auto const at = std::size_t(found - filed_.begin());
        if (remove) {
            if (found != filed_.end()) erase(at);
            return;
        }
        if (found != filed_.end()) {
            edit(card_.properties[at]);
            if (says_nothing(card_.properties[at])) erase(at);
            return;
        }
        auto const& row = row_of(slot);
        vcard::Property made{.name = std::string(row.name)};
        if (!row.types.empty()) made.parameters.push_back({"TYPE", vcard::split(row.types, ',')});
        if (slot == Slot::Spouse) made.set_parameter("VALUE", "text");
        edit(made);
        if (!says_nothing(made)) insert(std::move(made), slot);
    }

    // Behind the last of its name.
    void insert(vcard::Property made, Slot slot) {
        auto at = card_.properties.size();
        for (auto i = at; i > 0; --i)
            if (card_.properties[i - 1].name == made.name) {
                at = i;
                break;
            }
        card_.properties.insert(card_.properties.begin() + std::ptrdiff_t(at), std::move(made));
        filed_.insert(filed_.begin() + std::ptrdiff_t(at), slot);
    }

    // With the label that was for it alone.
    void erase(std::size_t at) {
        auto const group = card_.properties[at].group;
        card_.properties.erase(card_.properties.begin() + std::ptrdiff_t(at));
        filed_.erase(filed_.begin() + std::ptrdiff_t(at));
        if (group.empty()) return;
        auto in_group = [&](vcard::Property const& p) { return p.group == group; };
        auto is_label = [&](vcard::Property const& p) { return p.name == "X-ABLABEL" || p.name == "X-ABADR"; };
        for (auto const& p : card_.properties)
            if (in_group(p) && !is_label(p)) return;
        for (std::size_t i = card_.properties.size(); i > 0; --i)
            if (in_group(card_.properties[i - 1])) {
                card_.properties.erase(card_.properties.begin() + std::ptrdiff_t(i - 1));
                filed_.erase(filed_.begin() + std::ptrdiff_t(i - 1));
            }
    }

    template <class Mine> void replace_all(Mine mine, std::vector<vcard::Property> with) {
        auto at = card_.properties.size();
        for (std::size_t i = card_.properties.size(); i > 0; --i)
            if (mine(card_.properties[i - 1])) {
                erase(i - 1);
                at = i - 1;
            }
        at = std::min(at, card_.properties.size());
        for (auto& p : with) {
            card_.properties.insert(card_.properties.begin() + std::ptrdiff_t(at), std::move(p));
            filed_.insert(filed_.begin() + std::ptrdiff_t(at++), Slot::None);
        }
    }

    void children(Contact const& said) {
        if (!said.children && !goes_unsaid(eas::contacts::Children, rules_)) return;
        auto const now = said.children.value_or(std::vector<std::string>());
        if (now == before_.children.value_or(std::vector<std::string>())) return;
        std::vector<vcard::Property> made;
        made.reserve(now.size());
        for (auto const& child : now)
            made.push_back({.name = "RELATED",
                            .parameters = {{"TYPE", {"child"}}, {"VALUE", {"text"}}},
                            .value = vcard::escaped(child)});
        replace_all(is_child, std::move(made));
    }

    void categories(Contact const& said) {
        if (!said.categories && !goes_unsaid(eas::contacts::Categories, rules_)) return;
        auto const now = said.categories.value_or(std::vector<std::string>());
        if (now == before_.categories.value_or(std::vector<std::string>())) return;
        std::vector<std::string> escaped;
        escaped.reserve(now.size());
        for (auto const& one : now)
            if (!one.empty()) escaped.push_back(vcard::escaped(one));
        std::vector<vcard::Property> made;
        if (!escaped.empty()) made.push_back({.name = "CATEGORIES", .value = vcard::join(escaped, ',')});
        replace_all([](vcard::Property const& p) { return p.name == "CATEGORIES"; }, std::move(made));
    }

    // Never taken away by being left out (MS-ASCNTC_R461).
    std::string_view body(eas::Body const& said) {
        auto text = said_text(said, before_.body, notes_of(card_));
        if (!text) return text.error();
        if (!*text) return {};
        std::vector<vcard::Property> made;
        if (!(*text)->empty()) made.push_back({.name = "NOTE", .value = vcard::escaped(**text)});
        replace_all([](vcard::Property const& p) { return p.name == "NOTE"; }, std::move(made));
        return {};
    }

    std::string_view picture(Contact const& said) {
        auto const shown = std::ranges::find_if(card_.properties, is_shown_photo);
        if (!said.picture) return {}; // whatever is supported (MS-ASCMD_R878)
        if (said.picture->empty() && rules_.empty_picture_says_nothing) return {};
        if (said.picture->empty()) { // of a picture that the phone was not shown it says nothing
            if (shown != card_.properties.end()) erase(std::size_t(shown - card_.properties.begin()));
            return {};
        }
        if (said.picture == before_.picture) return {};
        if (said.picture->size() > largest_picture) return "a picture of more than 48 KB (MS-ASCNTC_R384)";
        auto const bytes = wbxml::from_base64(*said.picture);
        if (!bytes) return "a picture that is not base64 (MS-ASCNTC_R374)";
        if (before_.picture && wbxml::from_base64(*before_.picture) == bytes) return {};
        vcard::Property made{.name = "PHOTO",
                             .value = "data:" + media_type(*bytes) + ";base64," + wbxml::to_base64(*bytes)};
        if (shown != card_.properties.end())
            *shown = std::move(made);
        else
            insert(std::move(made), Slot::None);
        return {};
    }

    static std::string media_type(std::string_view bytes) {
        if (bytes.starts_with("\x89PNG")) return "image/png";
        if (bytes.starts_with("GIF8")) return "image/gif";
        return "image/jpeg";
    }

    // Where the types and the order of what is left would put something else into a slot, the properties of that name
    // say themselves where they belong.
    void mark() {
        auto const natural = filed(card_);
        for (std::size_t i = 0; i < natural.size(); ++i) {
            if (natural[i] == filed_[i]) continue;
            auto const name = row_of(natural[i] == Slot::None ? filed_[i] : natural[i]).name;
            for (std::size_t k = 0; k < natural.size(); ++k) {
                bool const spoken_of = card_.properties[k].name == name || natural[k] != filed_[k];
                if (!spoken_of || (filed_[k] == Slot::None && natural[k] == Slot::None)) continue;
                auto const mark = filed_[k] == Slot::None ? no_slot : row_of(filed_[k]).mark;
                card_.properties[k].set_parameter(mark_name, std::string(mark));
            }
        }
    }

    // FN is the owner's word where it is not what the name has been made into.
    void rename() {
        auto fn = std::ranges::find(card_.properties, "FN", &vcard::Property::name);
        if (fn == card_.properties.end()) {
            fn = card_.properties.insert(card_.properties.begin(), {.name = "FN"});
            filed_.insert(filed_.begin(), Slot::None);
        }
        if (!fn->value.empty() && fn->value != formatted_) return;
        auto name = vcard::formatted_name(card_);
        auto const as = std::ranges::find(filed_, Slot::FileAs);
        if (name.empty() && as != filed_.end()) name = card_.properties[std::size_t(as - filed_.begin())].value;
        fn->value = std::move(name);
    }

    ContactRules const& rules_;
    Contact before_;
    Card card_;
    std::vector<Slot> filed_;
    std::string formatted_; // its name before
};

} // namespace

Contact to_contact(Card const& card, BodyOptions const& options, eas::Version version) {
    Contact out;
    auto const places = filed(card);
    std::array<vcard::Property const*, slots> at{};
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i] != Slot::None) at[std::size_t(places[i])] = &card.properties[i];
    for (auto const& row : element_rows()) {
        auto const* p = at[std::size_t(row.slot)];
        if (!p) continue;
        auto text = shown_value(*p, row_of(row.slot).form, row.part);
        if (!text.empty()) out.*row.member = std::move(text);
    }
    if (auto const* fn = card.find("FN"); fn && !out.file_as)
        if (auto text = shown_value(*fn, Form::Text, -1); !text.empty()) out.file_as = std::move(text);
    if (auto const* p = at[std::size_t(Slot::Birthday)]) out.birthday = date_of(*p);
    if (auto const* p = at[std::size_t(Slot::Anniversary)]) out.anniversary = date_of(*p);
    out.children = unless_empty(children_of(card));
    out.categories = unless_empty(categories_of(card));
    auto const photo = std::ranges::find_if(card.properties, is_shown_photo);
    if (photo != card.properties.end()) out.picture = mime::clean(photo->value.substr(photo->value.find(',') + 1));
    out.body = text_body(notes_of(card), options,
                         version); // an empty one too: Android takes an absent one for no news (trap 35)
    return out;
}

std::expected<Card, std::string_view> new_contact(Contact const& said, ContactRules const& rules,
                                                  std::string_view uid) {
    Card card;
    card.properties.push_back({.name = "UID", .value = vcard::escaped(uid)});
    return changed_contact(std::move(card), said, rules);
}

std::expected<Card, std::string_view> changed_contact(Card card, Contact const& said, ContactRules const& rules) {
    if (said == Contact{} && card.find("FN")) return card; // nothing is said: nothing is meant
    CardMerge merge(std::move(card), rules);
    if (auto wrong = merge.apply(said); !wrong.empty()) return std::unexpected(wrong);
    return merge.finish();
}

bool is_same_contact(Card const& card, Contact const& said, ContactRules const& rules) {
    auto const shown = to_contact(card, rules.body, rules.version);
    auto can_say = [&](eas::Tag tag) {
        return !rules.supported || std::ranges::find(rules.supported->tags, tag) != rules.supported->tags.end();
    };
    for (auto const& row : element_rows()) {
        auto const &now = said.*row.member, &then = shown.*row.member;
        if (!now && (row.slot == Slot::FileAs || !can_say(row.tag))) continue;
        if (with_plain_lines(now.value_or("")) != with_plain_lines(then.value_or(""))) return false;
    }
    auto differs = [&](eas::Tag tag, auto const& now, auto const& then) {
        if (!now || !now->at) return can_say(tag) && then.has_value();
        auto const day = day_meant(*now->at, rules.dates_are_local_midnights);
        return !then || *then->at != eas::Instant(std::chrono::sys_days(day));
    };
    if (differs(eas::contacts::Birthday, said.birthday, shown.birthday)) return false;
    if (differs(eas::contacts::Anniversary, said.anniversary, shown.anniversary)) return false;
    if (!said.body || !said.body->data || said.body->type != eas::BodyType::Plain) return true;
    return with_plain_lines(said.body->data->bytes) ==
           with_plain_lines(shown.body->data.value_or(eas::Content{}).bytes);
}

std::string contact_key(Contact const& contact) {
    std::string out;
    for (auto const* one : {&contact.last_name, &contact.first_name, &contact.company_name, &contact.email_1_address})
        out += mime::lower(one->value_or("")) + '\n';
    return out;
}

Contact contact_stand_in(std::string_view reason) {
    Contact out{.file_as = "(This contact could not be shown)", .last_name = "(This contact could not be shown)"};
    out.body = text_body("It is safe on the server. " + std::string(reason), {}, eas::v12_1);
    return out;
}

} // namespace godwit::convert
