// Tasks: VTODO in the store, MS-ASTASK on the wire.
#include "command/item_view.hpp"
#include "convert/task.hpp"
#include "ical/component.hpp"
#include "sync/tell.hpp"

namespace godwit::command {
namespace {

using eas::Task;
using Calendar = std::expected<ical::Component, std::string_view>;

convert::TaskRules task_rules(Voice const& voice) {
    return {.version = voice.version,
            .supported = voice.supported,
            .body = voice.body,
            .zone = voice.holder.zone,
            .now = std::chrono::floor<std::chrono::seconds>(voice.now)};
}

struct TaskView {
    using Element = Task;
    static constexpr std::string_view unreadable = "the stored task cannot be read";

    static Calendar read(std::string_view bytes) {
        auto calendars = ical::parse(bytes);
        if (!calendars) return std::unexpected(calendars.error().reason);
        if (calendars->empty()) return std::unexpected("no iCalendar");
        if (!convert::holds_task(calendars->front())) return std::unexpected("no task");
        return std::move(calendars->front());
    }
    static std::string write(ical::Component const& calendar) { return ical::write(calendar); }
    static std::string uid(ical::Component const& calendar) { return convert::task_uid(calendar); }
    static std::string key(Task const& task) { return convert::task_key(task); }
    static Task stand_in() { return convert::task_stand_in("It cannot be read."); }
    static Task to_element(ical::Component const& calendar, Voice const& voice) {
        return *convert::to_task(calendar, task_rules(voice));
    }
    static auto fresh(Task const& said, Voice const& voice, std::string_view uid) {
        return convert::new_task(said, task_rules(voice), uid);
    }
    static auto changed(ical::Component const& calendar, Task const& said, Voice const& voice) {
        return convert::changed_task(calendar, said, task_rules(voice));
    }
    static bool same(ical::Component const& calendar, Task const& said, Voice const& voice) {
        return convert::is_same_task(calendar, said, task_rules(voice));
    }
    // The same as long as it is not done, whatever else changes.
    static std::optional<index::Time> place(ical::Component const& calendar, Voice const&) {
        if (convert::is_complete(calendar)) return sync::all_completed - std::chrono::seconds(1);
        return convert::task_made(calendar).value_or(ical::Instant());
    }
};

} // namespace

constinit ItemKind const task_kind = ItemView<TaskView>::row(index::ItemClass::Tasks, "Tasks");

} // namespace godwit::command
