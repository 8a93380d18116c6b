#include "storage/job_queue.hpp"

#include <algorithm>
#include <array>

#include "storage/database.hpp"

namespace qd::storage {
namespace {

using core::Errc;
using core::Result;

constexpr std::array<std::string_view, 1> queue_migrations = {R"(
CREATE TABLE job(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  priority INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  attempt INTEGER NOT NULL DEFAULT 0,
  claim INTEGER NOT NULL DEFAULT 0,
  due_ms INTEGER NOT NULL,          -- queued: not before; running: the lease's end
  worker TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  enqueued_ms INTEGER NOT NULL,
  finished_ms INTEGER,
  UNIQUE(kind, key));
CREATE INDEX job_to_do ON job(priority DESC, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_finished ON job(finished_ms) WHERE finished_ms IS NOT NULL;
)"};

constexpr std::array<std::pair<JobState, std::string_view>, 4> job_state_names = {{
    {JobState::queued, "queued"},
    {JobState::running, "running"},
    {JobState::done, "done"},
    {JobState::dead, "dead"},
}};

/// ?1 is now. A wait of more than 10 minutes, or a lease of more than 2 hours, is longer than anybody asks
/// for: the clock was set back since, and nobody should wait until it has caught up.
constexpr std::string_view is_due =
    "(due_ms<=?1 OR due_ms>?1+CASE state WHEN 'queued' THEN 600000 ELSE 7200000 END)";

const std::string select_due = fmt::format(
    "SELECT id, kind, key, payload, priority, attempt, max_attempts, claim FROM job "
    "WHERE state IN ('queued', 'running') AND {} ORDER BY priority DESC, id LIMIT 1",
    is_due);

std::chrono::milliseconds backoff(unsigned attempt) {
    return std::chrono::seconds(std::min(60u, 1u << std::min(attempt > 0 ? attempt - 1 : 0, 6u)));
}

class SqliteJobQueue final : public JobQueue {
public:
    SqliteJobQueue(std::unique_ptr<Database> database, const core::Clock& clock)
        : database_(std::move(database)), clock_(clock) {}

    Result<std::uint64_t> enqueue(const NewJob& job) override {
        if (job.kind.empty() || job.kind.size() > 64 || job.key.empty() || job.key.size() > 256)
            return core::fail(Errc::invalid_argument,
                              "a job needs a kind (1..64 bytes) and a key (1..256 bytes)");
        if (job.payload.size() > 64 << 10)
            return core::fail(Errc::too_large, "a job's payload has at most 64 KiB");
        return database_->write("enqueueing a job", [&](SQLite::Database& db) -> Result<std::uint64_t> {
            SQLite::Statement insert(
                db,
                "INSERT INTO job(kind, key, payload, priority, max_attempts, due_ms, enqueued_ms) "
                "VALUES(?1,?2,?3,?4,?5,0,?6) ON CONFLICT(kind, key) DO NOTHING");
            insert.bind(1, job.kind);
            insert.bind(2, job.key);
            insert.bind(3, job.payload);
            insert.bind(4, job.priority);
            insert.bind(5, std::max(1u, job.max_attempts));
            insert.bind(6, now_ms());
            insert.exec();
            SQLite::Statement find(db, "SELECT id FROM job WHERE kind=? AND key=?");
            find.bind(1, job.kind);
            find.bind(2, job.key);
            find.executeStep();
            return std::uint64_t(find.getColumn(0).getInt64());
        });
    }

    Result<std::optional<Job>> claim(std::string_view worker, std::chrono::milliseconds lease) override {
        // Idle workers only read: a transaction that writes is begun when there is something to claim.
        const auto waiting = database_->read("looking for a job", [&](SQLite::Database& db) -> Result<bool> {
            SQLite::Statement query(db, select_due);
            query.bind(1, now_ms());
            return query.executeStep();
        });
        if (!waiting) return core::Failure(waiting.error());
        if (!*waiting) return std::optional<Job>();
        return database_->write("claiming a job", [&](SQLite::Database& db) -> Result<std::optional<Job>> {
            SQLite::Statement query(db, select_due);
            query.bind(1, now_ms());
            if (!query.executeStep()) return std::optional<Job>();
            Job job;
            job.id = std::uint64_t(query.getColumn(0).getInt64());
            job.kind = query.getColumn(1).getString();
            job.key = query.getColumn(2).getString();
            job.payload = query.getColumn(3).getString();
            job.priority = query.getColumn(4).getInt();
            job.attempt = query.getColumn(5).getUInt() + 1;
            job.max_attempts = query.getColumn(6).getUInt();
            job.claim = std::uint64_t(query.getColumn(7).getInt64()) + 1;
            SQLite::Statement update(
                db, "UPDATE job SET state='running', attempt=?, claim=?, due_ms=?, worker=? WHERE id=?");
            update.bind(1, job.attempt);
            update.bind(2, std::int64_t(job.claim));
            update.bind(3, now_ms() + lease.count());
            update.bind(4, std::string(worker));
            update.bind(5, std::int64_t(job.id));
            update.exec();
            return std::optional<Job>(std::move(job));
        });
    }

    Result<> heartbeat(const Job& job, std::chrono::milliseconds lease) override {
        return change(job, "renewing a lease", "UPDATE job SET due_ms=?3", now_ms() + lease.count());
    }

    Result<> complete(const Job& job) override {
        const auto completed = change(job, "completing a job",
                                      "UPDATE job SET state='done', reason='', finished_ms=?3", now_ms());
        if (completed) return forget_old();
        const auto done_by_us = database_->read("reading a job", [&](SQLite::Database& db) -> Result<bool> {
            SQLite::Statement query(db, "SELECT 1 FROM job WHERE id=? AND claim=? AND state='done'");
            query.bind(1, std::int64_t(job.id));
            query.bind(2, std::int64_t(job.claim));
            return query.executeStep();
        });
        if (done_by_us && *done_by_us) return {};
        return completed;
    }

    Result<JobState> fail(const Job& job, std::string_view reason) override {
        if (job.attempt >= job.max_attempts) {
            const auto buried = bury(job, reason);
            if (!buried) return core::Failure(buried.error());
            return JobState::dead;
        }
        const auto changed =
            change(job, "putting a job back", "UPDATE job SET state='queued', due_ms=?3, reason=?4",
                   now_ms() + backoff(job.attempt).count(), reason);
        if (!changed) return core::Failure(changed.error());
        return JobState::queued;
    }

    Result<> bury(const Job& job, std::string_view reason) override {
        return change(job, "burying a job", "UPDATE job SET state='dead', finished_ms=?3, reason=?4",
                      now_ms(), reason);
    }

    Result<> release(const Job& job, std::chrono::milliseconds delay) override {
        return change(job, "handing a job back",
                      "UPDATE job SET state='queued', attempt=attempt-1, due_ms=?3",
                      now_ms() + delay.count());
    }

    Result<> remove(std::string_view kind, std::string_view key) override {
        return database_->write("removing a job", [&](SQLite::Database& db) -> Result<> {
            SQLite::Statement statement(db, "DELETE FROM job WHERE kind=? AND key=?");
            statement.bind(1, std::string(kind));
            statement.bind(2, std::string(key));
            statement.exec();
            return {};
        });
    }

    Result<std::map<JobState, std::uint64_t>> counts() const override {
        return database_->read(
            "counting jobs", [&](SQLite::Database& db) -> Result<std::map<JobState, std::uint64_t>> {
                std::map<JobState, std::uint64_t> counted;
                for (const auto& [state, name] : job_state_names) counted[state] = 0;
                SQLite::Statement query(
                    db, fmt::format(
                            "SELECT CASE WHEN state='running' AND {} THEN 'queued' ELSE state END, count(*) "
                            "FROM job GROUP BY 1",
                            is_due));
                query.bind(1, now_ms());
                while (query.executeStep())
                    for (const auto& [state, name] : job_state_names)
                        if (name == query.getColumn(0).getString())
                            counted[state] = std::uint64_t(query.getColumn(1).getInt64());
                return counted;
            });
    }

private:
    std::int64_t now_ms() const { return clock_.now().time_since_epoch().count(); }

    /// Changes the job as long as it still runs under this claim.
    Result<> change(const Job& job, std::string_view doing, const std::string& update, std::int64_t time_ms,
                    std::string_view reason = {}) {
        return database_->write(doing, [&](SQLite::Database& db) -> Result<> {
            SQLite::Statement statement(db, update + " WHERE id=?1 AND claim=?2 AND state='running'");
            statement.bind(1, std::int64_t(job.id));
            statement.bind(2, std::int64_t(job.claim));
            statement.bind(3, time_ms);
            if (statement.getBindParameterCount() >= 4)
                statement.bind(4, std::string(reason.substr(0, 1'000)));
            if (statement.exec() == 0)
                return core::fail(Errc::conflict, "the job {} of {} is no longer ours", job.kind, job.key);
            return {};
        });
    }

    Result<> forget_old() {
        return database_->write("forgetting old jobs", [&](SQLite::Database& db) -> Result<> {
            db.exec(
                "DELETE FROM job WHERE finished_ms IS NOT NULL AND id NOT IN "
                "(SELECT id FROM job WHERE finished_ms IS NOT NULL ORDER BY finished_ms DESC LIMIT 10000)");
            return {};
        });
    }

    std::unique_ptr<Database> database_;
    const core::Clock& clock_;
};

}  // namespace

std::string_view to_string(JobState state) {
    for (const auto& [value, name] : job_state_names)
        if (value == state) return name;
    return "dead";
}

Result<std::unique_ptr<JobQueue>> open_job_queue(const std::filesystem::path& file,
                                                 const core::Clock& clock) {
    auto database = Database::open(file, queue_migrations);
    if (!database) return core::Failure(database.error());
    return std::make_unique<SqliteJobQueue>(std::move(*database), clock);
}

}  // namespace qd::storage
