#include "convert/message_class.hpp"

#include "convert/voice.hpp"
#include "itip/forward.hpp"

namespace godwit::convert {
namespace {

// Only these reports are about something of their own (MS-ASEMAIL_R603); there is none of a meeting's delivery.
std::string_view non_delivery_class(mime::About about) {
    switch (about) {
    case mime::About::multipart_signed: return "REPORT.IPM.Note.SMIME.MultipartSigned.NDR";
    case mime::About::smime_opaque: return "REPORT.IPM.Note.SMIME.NDR";
    case mime::About::meeting_request: return "REPORT.IPM.Schedule.Meeting.Request.NDR";
    case mime::About::meeting_accepted: return "REPORT.IPM.Schedule.Meeting.Resp.Pos.NDR";
    case mime::About::meeting_tentative: return "REPORT.IPM.Schedule.Meeting.Resp.Tent.NDR";
    case mime::About::meeting_cancelled: return "REPORT.IPM.Schedule.Meeting.Canceled.NDR";
    case mime::About::note: break;
    }
    return "REPORT.IPM.Note.NDR";
}

std::string_view delivery_class(mime::About about) {
    if (about == mime::About::multipart_signed) return "REPORT.IPM.Note.SMIME.MultipartSigned.DR";
    return about == mime::About::smime_opaque ? "REPORT.IPM.Note.SMIME.DR" : "REPORT.IPM.Note.DR";
}

} // namespace

// Compared in any case (R1312). What schedules has a class of its own (meeting_request.hpp). Mail whose rights are
// managed (Content-Class rpmsg.message) is a plain note: MS-ASRM tells of it elsewhere.
std::string_view message_class(mime::Message const& message) {
    switch (message.kind()) {
    case mime::Kind::multipart_signed: return "IPM.Note.SMIME.MultipartSigned";
    case mime::Kind::smime_opaque: return "IPM.Note.SMIME";
    case mime::Kind::smime_receipt: return "IPM.Note.Receipt.SMIME";
    case mime::Kind::non_delivery: return non_delivery_class(message.about());
    case mime::Kind::delivery_receipt: return delivery_class(message.about());
    case mime::Kind::delayed: return "REPORT.IPM.Note.DELAYED";
    case mime::Kind::read_receipt: return "REPORT.IPM.Note.IPNRN";
    case mime::Kind::not_read_receipt: return "REPORT.IPM.Note.IPNNRN";
    case mime::Kind::note:
        if (auto const voice = voice_class(message); !voice.empty()) return voice;
        if (message.header().raw(itip::notice_field)) return "IPM.Notification.Meeting"; // R596
        break;
    case mime::Kind::pgp_signed:
    case mime::Kind::pgp_encrypted: break;
    }
    return "IPM.Note";
}

} // namespace godwit::convert
