// decode, encode, decode agrees, for every request and response in every version. The first byte chooses the version,
// the second the message.
#include "eas/samples.hpp"
#include "eas/validate.hpp"
#include <cstdlib>

namespace {

using namespace godwit::eas;

template <class T> void check(std::string_view bytes, Version version) {
    auto value = decode<T>(bytes, version);
    if (!value) {
        if (value.error().element.empty() || value.error().spec.empty()) std::abort();
        return;
    }
    auto wire = encode(*value, version);
    auto again = decode<T>(wire, version);
    if (!again || *again != *value || encode(*again, version) != wire) std::abort();
}

// As ApplicationData: the children of whatever the root is.
template <class T> void check_class(std::string_view bytes, Version version) {
    godwit::wbxml::Reader reader(bytes);
    Fragment fragment;
    if (reader.next().kind != godwit::wbxml::Event::Open || !reader.fragment(fragment)) return;
    auto item = decode<T>(fragment, version);
    if (!item) return;
    auto again = decode<T>(encode_fragment(*item, version), version);
    if (!again || *again != *item) std::abort();
}

using Check = void (*)(std::string_view, Version);
constexpr Check checks[] = {
    check<SyncRequest>,           check<SyncResponse>,
    check<PingRequest>,           check<PingResponse>,
    check<FolderSyncRequest>,     check<FolderSyncResponse>,
    check<FolderCreateRequest>,   check<FolderUpdateRequest>,
    check<FolderDeleteRequest>,   check<GetItemEstimateRequest>,
    check<ItemOperationsRequest>, check<ItemOperationsResponse>,
    check<MoveItemsRequest>,      check<MeetingResponseRequest>,
    check<ProvisionRequest>,      check<ProvisionResponse>,
    check<SettingsRequest>,       check<SettingsResponse>,
    check<SendMailRequest>,       check<SmartReplyRequest>,
    check<SmartForwardRequest>,   check_class<Email>,
    check_class<Contact>,
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    std::string_view bytes(reinterpret_cast<char const*>(data) + 2, size - 2);
    auto version = spoken_versions[data[0] % spoken_versions.size()];
    checks[data[1] % std::size(checks)](bytes, version);
    for (auto command : all_commands()) {
        validate_response(bytes, command, version);
        if (data[1] & 0x80) validate_request(bytes, command, version);
    }
    return 0;
}
