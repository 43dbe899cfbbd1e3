#include "index/database.hpp"
#include "index/encoding.hpp"
#include "index/transaction.hpp"

// Devices and what they have been told, settings, exactly-once guards, isolated items, the outbox.
namespace godwit::index {
namespace {

DeviceRow read_device(Statement const& row) {
    return {row.text(0), row.text(1), row.text(2), row.as<Time>(3), row.as<Time>(4), row.text(5)};
}

std::vector<Outgoing> read_outgoing(Statement rows) {
    std::vector<Outgoing> found;
    while (rows.step())
        found.push_back({.id = rows.integer(0),
                         .sender = rows.text(1),
                         .recipients = unpack(rows.text(2)),
                         .content = rows.text(3),
                         .handed_in = rows.as<Time>(4),
                         .attempts = rows.as<unsigned>(5),
                         .next_attempt = rows.as<Time>(6),
                         .delay_told = rows.integer(7) != 0,
                         .last_error = rows.text(8)});
    return found;
}

std::optional<std::string> value_of(Statement row) { return row.step() ? std::optional(row.text(0)) : std::nullopt; }

} // namespace

// ---- devices

std::vector<DeviceRow> Transaction::devices() {
    std::vector<DeviceRow> found;
    for (auto rows = db_.select(Query::DeviceAll); rows.step();) found.push_back(read_device(rows));
    return found;
}

std::optional<DeviceRow> Transaction::device(std::string_view id) {
    auto row = db_.select(Query::DeviceOne, id);
    return row.step() ? std::optional(read_device(row)) : std::nullopt;
}

void Transaction::put_device(DeviceRow const& d) {
    db_.execute(Query::DevicePut, std::string_view(d.id), std::string_view(d.type), std::string_view(d.user_agent),
                d.first_seen, d.last_seen, std::string_view(d.protocol_version));
}

void Transaction::remove_device(std::string_view id) {
    for (auto const query : {Query::DeviceDelete, Query::DeviceDeleteStates, Query::DeviceDeleteCollections})
        db_.execute(query, id);
}

std::optional<std::string> Transaction::state(std::string_view device, std::string_view name) {
    return value_of(db_.select(Query::StateOne, device, name));
}
void Transaction::put_state(std::string_view device, std::string_view name, std::string_view value) {
    db_.execute(Query::StatePut, device, name, Blob{value});
}
void Transaction::remove_state(std::string_view device, std::string_view name) {
    db_.execute(Query::StateDelete, device, name);
}

std::optional<std::string> Transaction::collection_state(std::string_view device, CollectionId folder) {
    return value_of(db_.select(Query::CollectionOne, device, folder));
}
void Transaction::put_collection_state(std::string_view device, CollectionId folder, std::string_view value,
                                       Modseq since) {
    db_.execute(Query::CollectionPut, device, folder, since, Blob{value});
}
std::size_t Transaction::remove_collection_states(std::string_view device) {
    db_.execute(Query::DeviceDeleteCollections, device);
    return static_cast<std::size_t>(db_.changes());
}

// ---- account-wide memory

std::optional<std::string> Transaction::setting(std::string_view name) {
    return value_of(db_.select(Query::SettingOne, name));
}
void Transaction::put_setting(std::string_view name, std::string_view value) {
    db_.execute(Query::SettingPut, name, Blob{value});
}

bool Transaction::remember(std::string_view scope, std::string_view key, Time now) {
    db_.execute(Query::RememberAdd, scope, key, now);
    return db_.changes() != 0;
}

bool Transaction::remembers(std::string_view scope, std::string_view key, Time since) {
    auto const at = db_.number(Query::RememberOne, scope, key);
    return at && Time(std::chrono::microseconds(*at)) >= since;
}

std::size_t Transaction::forget(std::string_view scope, Time older_than) {
    db_.execute(Query::RememberForget, scope, older_than);
    return static_cast<std::size_t>(db_.changes());
}

void Transaction::isolate(Isolated const& i) {
    db_.execute(Query::IsolatedPut, i.item, i.folder, std::string_view(i.reason), i.when);
}

std::vector<Isolated> Transaction::isolated() {
    std::vector<Isolated> found;
    for (auto rows = db_.select(Query::IsolatedAll); rows.step();)
        found.push_back({rows.as<ItemId>(0), rows.as<CollectionId>(1), rows.text(2), rows.as<Time>(3)});
    return found;
}

// ---- outbox

std::int64_t Transaction::enqueue(Outgoing const& o) {
    auto const recipients = pack(o.recipients);
    db_.execute(Query::OutboxAdd, std::string_view(o.sender), Blob{recipients}, Blob{o.content}, o.handed_in,
                o.attempts, o.next_attempt, o.delay_told, std::string_view(o.last_error));
    return db_.last_row();
}

std::vector<Outgoing> Transaction::due(Time now, Time latest, std::size_t at_most) {
    auto rows = read_outgoing(db_.select(Query::OutboxDue, now, at_most));
    auto ahead = read_outgoing(db_.select(Query::OutboxAhead, latest, at_most - rows.size()));
    rows.insert(rows.end(), std::make_move_iterator(ahead.begin()), std::make_move_iterator(ahead.end()));
    return rows;
}
std::vector<Outgoing> Transaction::outbox() { return read_outgoing(db_.select(Query::OutboxAll)); }

void Transaction::update_outgoing(Outgoing const& o) {
    auto const recipients = pack(o.recipients);
    db_.execute(Query::OutboxUpdate, o.id, Blob{recipients}, o.handed_in, o.attempts, o.next_attempt, o.delay_told,
                std::string_view(o.last_error));
}

void Transaction::remove_outgoing(std::int64_t id) {
    if (auto const hash = value_of(db_.select(Query::OutboxOne, id))) loosen(*hash);
    db_.execute(Query::OutboxDelete, id);
}

} // namespace godwit::index
