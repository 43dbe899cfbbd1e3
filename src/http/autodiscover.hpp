// Autodiscover (MS-ASCMD 2.2.1.1): where a phone's server is. The XML form for ActiveSync, and the later JSON form that
// some clients try first. Pure: text in, text out.
#pragma once
#include <string>
#include <string_view>

namespace godwit::http {

struct AutodiscoverAnswer {
    unsigned status = 200;
    std::string body = {};
};

// `url` is that of the ActiveSync endpoint. The answer names the signed-in user, whatever address was asked for.
std::string autodiscover_xml(std::string_view request, std::string_view url, std::string_view address,
                             std::string_view display_name, std::string_view time_of_day);
// `rest` is the path behind autodiscover.json, `query` what follows '?'. Tells nothing about who has an account.
AutodiscoverAnswer autodiscover_json(std::string_view rest, std::string_view query, std::string_view server_url);

} // namespace godwit::http
