// The code pages under their short names: `airsync::SyncKey`.
#pragma once
#include "wbxml/tokens.hpp"

namespace godwit::eas {
namespace airsync = wbxml::airsync;
namespace airsyncbase = wbxml::airsyncbase;
namespace calendar = wbxml::calendar;
namespace composemail = wbxml::composemail;
namespace contacts = wbxml::contacts;
namespace contacts2 = wbxml::contacts2;
namespace documentlibrary = wbxml::documentlibrary;
namespace email = wbxml::email;
namespace email2 = wbxml::email2;
namespace folderhierarchy = wbxml::folderhierarchy;
namespace gal = wbxml::gal;
namespace getitemestimate = wbxml::getitemestimate;
namespace itemoperations = wbxml::itemoperations;
namespace meetingresponse = wbxml::meetingresponse;
namespace move = wbxml::move;
namespace notes = wbxml::notes;
namespace ping = wbxml::ping;
namespace provision = wbxml::provision;
namespace rightsmanagement = wbxml::rightsmanagement;
namespace search = wbxml::search;
namespace settings = wbxml::settings;
namespace tasks = wbxml::tasks;
} // namespace godwit::eas
