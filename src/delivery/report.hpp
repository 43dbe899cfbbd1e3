// What becomes of a message, told to its sender: delivery status notifications (RFC 3462, RFC 3464, RFC 6533).
#pragma once
#include "index/types.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace godwit::delivery {

enum class Action { // RFC 3464 2.3.3
    Failed,
    Delayed,
    Relayed,   // passed on to a system that tells nothing more; only told who asked for a receipt
    Delivered, // into a mailbox of ours; likewise
};

struct ReportedRecipient {
    std::string address;
    std::string reply;     // "550 5.1.1 no such user", or a reason of our own
    std::string name = {}; // of whom has no address
};
struct Report {
    Action action = Action::Failed;
    std::string hostname;
    std::string to;            // the sender of the message
    std::string_view original; // its header fields are sent back
    std::vector<ReportedRecipient> recipients;
    index::Time when = {};
    index::Time retry_until = {}; // of what is delayed
    std::string id;               // for Message-ID and the boundary
};
std::string compose_report(Report const& report);

// Whether the message asks for a delivery receipt: Return-Receipt-To, the one form that mail apps have for it
// (MS-OXCMAIL 2.1.3.1.5). Disposition-Notification-To asks the reader, not us (RFC 8098).
bool wants_receipt(std::string_view header);

} // namespace godwit::delivery
