// The incidents' journal at full size, each figure with its bound and with what SQLite alone takes for the
// same rows in the same run. Files are dropped from the page cache before they are read cold.

#include <fcntl.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <future>

#include "incidents/engine/incident_desk.hpp"
#include "incidents/engine/journal_check.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using namespace qd::incidents;

namespace {

constexpr std::uint64_t million = 1'000'000;

double now_ms() {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Of all threads: what the work takes, however busy the machine is with other things.
double cpu_ms() {
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return double(spent.tv_sec) * 1e3 + double(spent.tv_nsec) / 1e6;
}

double last_cpu_ms = 0;  // of what was timed last

template <class Work>
double took_ms(Work&& work) {
    const double from = now_ms(), cpu = cpu_ms();
    work();
    last_cpu_ms = cpu_ms() - cpu;
    return now_ms() - from;
}

template <class T>
T taken(core::Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return std::move(*result);
}

void print(const char* what, double figure, double bound, const char* floor_name, double floor) {
    std::printf("%-52s %9.2f ms   bound %6.0f ms %-5s  %s %.2f ms (x %.2f)\n", what, figure, bound,
                figure <= bound ? "held" : "MISSED", floor_name, floor, floor > 0 ? figure / floor : 0);
    std::fflush(stdout);
}

void forget_cached(const std::filesystem::path& file) {
    for (const char* part : {"", "-wal"}) {
        const int fd = ::open((file.string() + part).c_str(), O_RDONLY);
        if (fd < 0) continue;
        ::fsync(fd);
        ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        ::close(fd);
    }
}

core::WallTime start() {
    return core::WallTime(std::chrono::hours(480'000));
}

/// What an incident's journal is made of, by turns: notes, alerts, changes, a correction now and then.
JournalEntry event(std::uint64_t seq) {
    JournalEntry entry;
    Event& event = entry.event;
    event.seq = seq;
    event.occurred_at = event.recorded_at = start() + std::chrono::seconds(seq);
    event.actor = "anna";
    event.source = "console";
    if (seq == 1) {
        event.kind = EventKind::opened;
        event.body.title = "Availability of playback burns its error budget";
        event.body.service = "gateway";
        event.body.severity = Severity::sev2;
        return entry;
    }
    event.body.text = fmt::format("number {}: 14 of 612 requests failed in 60 s, the canary is at 10 %", seq);
    if (seq % 50 == 0) {
        event.supersedes = seq - 1;  // a note, as everything odd
    } else if (seq % 2 == 0) {
        event.kind = seq % 4 == 0 ? EventKind::alert : EventKind::rollout;
        event.source = "slo";
        event.body.subject = fmt::format("playback.10s-60s.{}", seq % 7);
        event.body.phase = seq % 8 == 0 ? "ended" : "firing";
    }
    return entry;
}

void fill(const std::filesystem::path& file, std::size_t incidents, std::uint64_t each) {
    const core::SystemClock clock;
    const auto log = taken(storage::open_event_log(file, clock));
    Journal journal(*log);
    constexpr std::uint64_t batch = 500;
    std::vector<JournalAppend> appends;
    std::size_t rows = 0;
    const auto write = [&] {
        if (!appends.empty()) (void)taken(journal.append(appends));
        appends.clear();
        rows = 0;
    };
    for (std::uint64_t from = 1; from <= each; from += batch)
        for (std::size_t i = 1; i <= incidents; ++i) {
            JournalAppend& append =
                appends.emplace_back(JournalAppend{IncidentId(fmt::format("INC-{}", i)), {}});
            for (std::uint64_t seq = from; seq < from + batch && seq <= each; ++seq)
                append.entries.push_back(event(seq));
            rows += append.entries.size();
            if (rows >= 5'000) write();
        }
    write();
}

/// SQLite alone, reading the same columns of the same rows and adding up their lengths.
double plain_scan_ms(const std::filesystem::path& file, const char* columns) {
    forget_cached(file);
    return took_ms([&] {
        SQLite::Database db(file.string(), SQLite::OPEN_READONLY);
        SQLite::Statement sum(
            db, fmt::format("SELECT sum({}) FROM (SELECT * FROM event ORDER BY position)", columns));
        sum.executeStep();
    });
}

void append() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    const core::SystemClock clock;
    const auto log = taken(storage::open_event_log(path / "journal.sqlite", clock));
    const auto desk = taken(
        IncidentDesk::open(*log, clock, telemetry::null_log(), {.search_file = path / "search.sqlite"}));
    const IncidentId id = taken(desk->open_incident({.title = "t"}, {.actor = "anna"})).incident.id;
    SQLite::Database plain((path / "plain.sqlite").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    plain.exec("PRAGMA journal_mode=WAL");
    plain.exec("PRAGMA synchronous=FULL");
    plain.exec("CREATE TABLE row(stream TEXT, seq INTEGER, body BLOB, hash TEXT, UNIQUE(stream, seq))");
    SQLite::Statement insert(plain, "INSERT INTO row VALUES('incident/INC-1',?,?,?)");
    std::vector<double> ours, floor;
    constexpr std::uint64_t rows = 2'000;
    for (std::uint64_t seq = 2; seq <= rows; ++seq) {
        EventRequest note;
        note.body.text = event(3).event.body.text;
        ours.push_back(took_ms([&] { (void)taken(desk->write(id, note, {.actor = "anna"})); }));
        const std::string body = encode_row(event(3));
        floor.push_back(took_ms([&] {
            insert.reset();
            insert.bind(1, std::int64_t(seq));
            insert.bind(2, body.data(), int(body.size()));
            insert.bind(3, std::string(128, '0'));
            insert.exec();
        }));
    }
    std::ranges::sort(ours);
    std::ranges::sort(floor);
    print("append, durable and searchable, median of 2,000", ours[rows / 2], 2, "SQLite and the disk alone",
          floor[rows / 2]);
    print("append, 99th percentile", ours[rows * 99 / 100], 2, "SQLite and the disk alone",
          floor[rows * 99 / 100]);
}

void replay_a_million() {
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("journal.sqlite").toStdString();
    fill(file, 100, million / 100);
    std::printf("one million events of 100 incidents: %.0f MB\n",
                double(std::filesystem::file_size(file)) / 1e6);
    const double scan = plain_scan_ms(file, "length(body)+length(stream)");
    const double chained = plain_scan_ms(file, "length(body)+length(stream)+length(prev_hash)+length(hash)");
    forget_cached(file);
    double replayed = 0;
    replayed = took_ms([&] {
        const auto log = taken(storage::open_event_log_to_read(file));
        const auto all = taken(replay_all(Journal(*log)));
        if (all.size() != 100) qFatal("incidents are missing");
        for (const auto& [id, incident] : all)
            if (!incident || incident->version != million / 100) qFatal("%s", id.c_str());
    });
    print("cold replay of one million events", replayed, 2'000, "plain scan", scan);
    std::printf("  (processor time %.0f ms)\n", last_cpu_ms);
    forget_cached(file);
    const double verified = took_ms([&] {
        const auto log = taken(storage::open_event_log_to_read(file));
        const auto report = taken(check_journal(*log));
        if (report.rows != million || !report.faults.empty()) qFatal("the chain is broken");
    });
    print("the same with the hash chain verified", verified, 6'000, "plain scan", chained);
    std::printf("  (processor time %.0f ms)\n", last_cpu_ms);
}

void open_a_long_incident() {
    test::OpsdSite site;
    std::filesystem::create_directories(site.data() / "db");
    const auto file = site.data() / "db" / "journal.sqlite";
    fill(file, 1, 100'000);
    site.clock.advance(start() + std::chrono::hours(1'000) - site.clock.now());
    site.start();
    forget_cached(file);
    std::promise<std::size_t> count;
    const double opened = took_ms([&] {
        site.client->timeline(IncidentId("INC-1"), [&](core::Result<std::vector<Event>> events) {
            count.set_value(taken(std::move(events)).size());
        });
        count.get_future().wait();
    });
    const double cpu = last_cpu_ms;
    print("an incident of 100,000 events opened over HTTP", opened, 300, "plain scan",
          plain_scan_ms(file, "length(body)"));
    std::printf("  (processor time of both sides %.0f ms)\n", cpu);
}

void find_among_ten_thousand() {
    test::OpsdSite site;
    std::filesystem::create_directories(site.data() / "db");
    fill(site.data() / "db" / "journal.sqlite", 10'000, 10);
    site.clock.advance(start() + std::chrono::hours(1'000) - site.clock.now());
    site.start();
    const auto ask = [&](const IncidentQuery& query, std::size_t total) {
        std::vector<double> times, processor;
        for (int i = 0; i < 11; ++i) {
            times.push_back(took_ms([&] {
                test::Answer<IncidentPage> page;
                site.client->find_incidents(query, page.callback());
                if (taken(page.get()).total != total) qFatal("incidents are missing");
            }));
            processor.push_back(last_cpu_ms);
        }
        std::ranges::sort(times);
        std::ranges::sort(processor);
        return std::pair{times[times.size() / 2], processor[processor.size() / 2]};
    };
    const auto search = (site.data() / "db" / "incident_search.sqlite").string();
    const double match = took_ms([&] {
        SQLite::Database db(search, SQLite::OPEN_READONLY);
        SQLite::Statement count(db, "SELECT count(*) FROM told WHERE told MATCH '\"canary\"*'");
        count.executeStep();
    });
    const auto show = [&](const char* what, const IncidentQuery& query, std::size_t total) {
        const auto [wall, processor] = ask(query, total);
        print(what, wall, 50, "plain match", match);
        std::printf("  (processor time of both sides %.1f ms)\n", processor);
    };
    show("10,000 incidents, a page of 100", {.limit = 100}, 10'000);
    show("10,000 incidents, a page of 500", {}, 10'000);
    show("a word that all of them hold, in every event", {.text = "canary", .limit = 100}, 10'000);
    show("one incident by two words", {.text = "INC-777 playback", .limit = 100}, 1);
}

}  // namespace

int main() {
    append();
    open_a_long_incident();
    find_among_ten_thousand();
    replay_a_million();
}
