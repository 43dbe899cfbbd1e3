// `godwit wbxml FILE|-`: WBXML to indented XML, and XML to WBXML.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace godwit::cli {

void register_wbxml(CLI::App& app, std::function<int()>& chosen);

} // namespace godwit::cli
