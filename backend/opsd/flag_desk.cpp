#include "opsd/flag_desk.hpp"

#include <algorithm>

#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "flags/document.hpp"
#include "flags/flag_set.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::fail;
using core::Failure;
using core::Result;
using opsclient::FlagChange;
using opsclient::FlagView;

constexpr std::string_view stream_prefix = "flag/", desk_itself = "opsd";
constexpr std::size_t longest_flag_reason = 2'000, most_told_changes = 500;

std::string stream_of(const std::string& key) {
    return std::string(stream_prefix) + key;
}

Result<FlagChange> change_of(const storage::LoggedEvent& row) {
    const auto body = core::parse_json(row.body);
    auto change = body ? opsclient::flag_change_from_json(*body) : Result<FlagChange>(Failure(body.error()));
    if (!change || stream_of(change->flag.key) != row.stream)
        return fail(Errc::corrupt, "row {} of {} in the log of flags: {}", row.seq, row.stream,
                    change ? "it is of another flag" : change.error().message);
    return change;
}

std::vector<flags::Flag> flags_of(const std::map<std::string, FlagChange>& changes) {
    std::vector<flags::Flag> all;
    for (const auto& [key, change] : changes) all.push_back(change.flag);
    return all;
}

}  // namespace

Result<std::unique_ptr<FlagDesk>> FlagDesk::open(Parts parts, std::string_view built_in) {
    std::unique_ptr<FlagDesk> desk(new FlagDesk(std::move(parts)));
    if (auto read = desk->read_log(); !read) return Failure(read.error());
    auto document = flags::read_document(built_in);
    if (!document) return core::fail_with_context("the built-in flags", document.error());
    const std::lock_guard lock(desk->mutex_);
    for (flags::Flag& flag : document->flags) {
        if (desk->last_.contains(flag.key)) continue;
        const auto added = desk->commit(std::move(flag), "create", std::string(desk_itself), "built in");
        if (!added) return Failure(added.error());
    }
    if (auto written = desk->write_file(); !written) desk->tell_unwritten(written.error());
    return desk;
}

Result<> FlagDesk::read_log() {
    const auto names = storage::all_streams(parts_.log, stream_prefix);
    if (!names) return Failure(names.error());
    for (const std::string& name : *names) {
        const auto seq = parts_.log.last_seq(name);
        if (!seq) return Failure(seq.error());
        const auto rows = parts_.log.read(name, *seq, 1);
        if (!rows) return Failure(rows.error());
        if (rows->empty()) continue;
        auto change = change_of(rows->front());
        if (!change) return Failure(change.error());
        revision_ = std::max(revision_, change->revision);
        std::string key = change->flag.key;
        last_.emplace(std::move(key), std::move(*change));
    }
    return {};
}

Result<> FlagDesk::allow(const FlagAuthor& author) const {
    if (const auto why = parts_.read_only ? parts_.read_only() : std::nullopt)
        return fail(Errc::permission_denied, "flags are not changed either: {}", *why);
    if (author.reason.find_first_not_of(" \t\r\n") == std::string::npos)
        return fail(Errc::invalid_argument, "reason: is needed to change a flag");
    if (author.reason.size() > longest_flag_reason)
        return fail(Errc::invalid_argument, "reason: has at most {} bytes", longest_flag_reason);
    return {};
}

Result<> FlagDesk::check_expected(const std::string& key, const FlagAuthor& author) const {
    if (!author.expected_revision) return {};
    const auto known = last_.find(key);
    const std::uint64_t now = known == last_.end() ? 0 : known->second.revision;
    if (now == *author.expected_revision) return {};
    return fail(Errc::precondition_failed, "flag '{}' is at revision {}, not {}: look again, then decide",
                key, now, *author.expected_revision);
}

Result<FlagView> FlagDesk::set(flags::Flag flag, const FlagAuthor& author) {
    const std::string key = flag.key;
    return change(key, author, [&](const FlagChange* known) -> Result<Edited> {
        if (known != nullptr && known->flag == flag)
            return fail(Errc::conflict, "flag '{}' is exactly so already", key);
        return Edited{std::move(flag), known == nullptr ? "create" : "set"};
    });
}

Result<FlagView> FlagDesk::kill(const std::string& key, const FlagAuthor& author) {
    return switch_to(false, key, author);
}

Result<FlagView> FlagDesk::restore(const std::string& key, const FlagAuthor& author) {
    return switch_to(true, key, author);
}

Result<FlagView> FlagDesk::switch_to(bool enabled, const std::string& key, const FlagAuthor& author) {
    // None is ever taken away again.
    if (auto known = get(key); !known) return known;
    return change(key, author, [&](const FlagChange* known) -> Result<Edited> {
        if (known->flag.enabled == enabled)
            return fail(Errc::conflict, "flag '{}' is {} already", key, enabled ? "in service" : "killed");
        Edited edited{known->flag, enabled ? "restore" : "kill"};
        edited.flag.enabled = enabled;
        return edited;
    });
}

Result<FlagView> FlagDesk::change(const std::string& key, const FlagAuthor& author, const Edit& edit) {
    if (auto allowed = allow(author); !allowed) return Failure(allowed.error());
    std::optional<FlagChange> done;
    Result<> written;
    {
        const std::lock_guard lock(mutex_);
        if (auto ok = check_expected(key, author); !ok) return Failure(ok.error());
        const auto known = last_.find(key);
        auto edited = edit(known == last_.end() ? nullptr : &known->second);
        if (!edited) return Failure(edited.error());
        auto committed =
            commit(std::move(edited->flag), std::move(edited->action), author.actor, author.reason);
        if (!committed) return Failure(committed.error());
        done = std::move(*committed);
        written = write_file();
    }
    parts_.context.log().info("flag changed", {{"flag", done->flag.key},
                                               {"action", done->action},
                                               {"revision", done->revision},
                                               {"actor", done->actor}});
    if (!written) tell_unwritten(written.error());
    parts_.reach.expect(done->revision);
    if (listener_) listener_(*done);
    const std::lock_guard lock(mutex_);
    return view_of(*done);
}

Result<FlagChange> FlagDesk::commit(flags::Flag flag, std::string action, const std::string& actor,
                                    const std::string& reason) {
    const std::string key = flag.key;
    FlagChange change{revision_ + 1,  parts_.context.clock().now(), std::move(action), actor, reason,
                      std::move(flag)};
    // Tried on a copy: together they must fit, or no process would take any of them.
    auto changed = last_;
    changed[key] = change;
    flags::Document document{change.revision, flags_of(changed)};
    if (flags::write_document(document).size() > flags::largest_document)
        return fail(Errc::too_large, "with it the flags are longer than {} bytes", flags::largest_document);
    if (auto fits = flags::FlagSet::compile(std::move(document.flags)); !fits) return Failure(fits.error());
    const auto appended =
        parts_.log.append(stream_of(key), {{change.action, core::dump_json(opsclient::to_json(change))}});
    if (!appended) return Failure(appended.error());
    last_ = std::move(changed);
    revision_ = change.revision;
    return change;
}

void FlagDesk::tell_unwritten(const core::Error& error) const {
    parts_.context.log().error("the file of flags is not written; it is tried again each second",
                               {{"error", error.message}});
}

Result<> FlagDesk::write_file() {
    written_ = false;
    if (auto made = core::make_directories(parts_.file.parent_path()); !made) return made;
    auto written =
        core::write_file_atomically(parts_.file, flags::write_document({revision_, flags_of(last_)}) + "\n");
    written_ = written.has_value();
    return written;
}

void FlagDesk::tick() {
    const std::lock_guard lock(mutex_);
    if (!written_ && write_file())
        parts_.context.log().info("the file of flags is written at last", {{"revision", revision_}});
}

FlagView FlagDesk::view_of(const FlagChange& last) const {
    return {last, parts_.reach.of(last.revision), parts_.reach.pinned(last.flag.key)};
}

opsclient::FlagList FlagDesk::list() const {
    const std::lock_guard lock(mutex_);
    opsclient::FlagList list;
    list.revision = revision_;
    list.processes = parts_.reach.processes();
    for (const auto& [key, last] : last_) list.items.push_back(view_of(last));
    return list;
}

Result<FlagView> FlagDesk::get(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto known = last_.find(key);
    if (known == last_.end()) return fail(Errc::not_found, "there is no flag '{}'", key.substr(0, 100));
    return view_of(known->second);
}

Result<std::vector<FlagChange>> FlagDesk::history(const std::string& key) const {
    if (const auto known = get(key); !known) return Failure(known.error());
    const auto seq = parts_.log.last_seq(stream_of(key));
    if (!seq) return Failure(seq.error());
    const std::uint64_t from = *seq > most_told_changes ? *seq - most_told_changes + 1 : 1;
    const auto rows = parts_.log.read(stream_of(key), from, most_told_changes);
    if (!rows) return Failure(rows.error());
    std::vector<FlagChange> changes;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
        auto change = change_of(*row);
        if (!change) return Failure(change.error());
        changes.push_back(std::move(*change));
    }
    return changes;
}

}  // namespace qd::opsd
