// What a header keeps of the fields that stand behind its bounds.
#pragma once
#include "mime/header.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::mime {

// Every field that some room asks for by its name, in lower case. What a message is depends on them, so that a long
// trace before them must not hide them.
inline constexpr std::array<std::string_view, 43> asked_for{"bcc",
                                                            "cc",
                                                            "content-class",
                                                            "content-disposition",
                                                            "content-duration",
                                                            "content-id",
                                                            "content-location",
                                                            "content-transfer-encoding",
                                                            "content-type",
                                                            "date",
                                                            "from",
                                                            "importance",
                                                            "in-reply-to",
                                                            "list-id",
                                                            "list-post",
                                                            "list-unsubscribe",
                                                            "message-id",
                                                            "mime-version",
                                                            "priority",
                                                            "received",
                                                            "references",
                                                            "reply-to",
                                                            "resent-bcc",
                                                            "resent-cc",
                                                            "resent-to",
                                                            "return-receipt-to",
                                                            "sender",
                                                            "status",
                                                            "subject",
                                                            "thread-index",
                                                            "thread-topic",
                                                            "to",
                                                            "x-asterisk-callerid",
                                                            "x-asterisk-vm-caller-id-num",
                                                            "x-asterisk-vm-duration",
                                                            "x-attachmentorder",
                                                            "x-callingtelephonenumber",
                                                            "x-godwit-notification",
                                                            "x-mozilla-status",
                                                            "x-msmail-priority",
                                                            "x-priority",
                                                            "x-status",
                                                            "x-voicemessageduration"};

// The first of each of them, wherever in the header it stands.
class LateFields {
public:
    // Whether one of that name is kept too, beside those that are there already. Each is wanted once.
    bool wants(std::string_view name, std::vector<Field> const& kept) {
        if (!std::exchange(looked_, true))
            for (auto const& field : kept) take(field.name);
        return take(name);
    }

private:
    bool take(std::string_view name) {
        auto const found =
            std::ranges::find_if(asked_for, [&](std::string_view one) { return equal_ignoring_case(one, name); });
        if (found == asked_for.end()) return false;
        return !std::exchange(taken_[static_cast<std::size_t>(found - asked_for.begin())], true);
    }

    bool looked_ = false;
    std::array<bool, asked_for.size()> taken_ = {};
};

} // namespace godwit::mime
