#include "incidents/engine/incident_search.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace qd::incidents {
namespace {

using core::Errc;
using core::Result;

constexpr std::size_t max_words = 16;
constexpr unsigned seq_bits = 20;  // more than max_events

/// A document is an event; its rowid holds the incident's number above the event's, so that rows of an
/// incident lie together. Nothing but the index is stored: the texts are in the journal.
constexpr std::array<std::string_view, 1> migrations = {R"(
CREATE VIRTUAL TABLE told USING fts5(text, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2');
CREATE TABLE mark(only INTEGER PRIMARY KEY CHECK(only=1), position INTEGER NOT NULL, hash TEXT NOT NULL);
)"};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            static_cast<unsigned char>(c) >= 0x80;
        if (letter) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

std::vector<std::uint64_t> incidents_with(SQLite::Database& db, const std::string& word) {
    SQLite::Statement query(db, "SELECT rowid FROM told WHERE told MATCH ? ORDER BY rowid");
    const bool whole = word.find_first_not_of("0123456789") == std::string::npos;
    query.bind(1, fmt::format("\"{}\"{}", word, whole ? "" : "*"));
    std::vector<std::uint64_t> numbers;
    while (query.executeStep()) {
        const std::uint64_t number = std::uint64_t(query.getColumn(0).getInt64()) >> seq_bits;
        if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
    }
    return numbers;
}

}  // namespace

std::uint64_t number_of(std::string_view id) {
    constexpr std::string_view before = "INC-";
    std::uint64_t number = 0;
    if (id.starts_with(before)) std::from_chars(id.data() + before.size(), id.data() + id.size(), number);
    return number;
}

Result<std::unique_ptr<IncidentSearch>> IncidentSearch::open(const std::filesystem::path& file) {
    storage::DatabaseOptions options;
    options.durable = false;
    auto database = storage::Database::open(file, migrations, options);
    if (!database && database.error().code == Errc::corrupt) {
        std::error_code ignored;
        for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + part, ignored);
        database = storage::Database::open(file, migrations, options);
    }
    if (!database) return core::Failure(database.error());
    return std::unique_ptr<IncidentSearch>(new IncidentSearch(std::move(*database)));
}

Result<SearchMark> IncidentSearch::mark() const {
    return database_->read("reading the search index", [](SQLite::Database& db) -> Result<SearchMark> {
        SQLite::Statement query(db, "SELECT position, hash FROM mark");
        if (!query.executeStep()) return SearchMark{};
        return SearchMark{std::uint64_t(query.getColumn(0).getInt64()), query.getColumn(1).getString()};
    });
}

Result<> IncidentSearch::clear() {
    return database_->write("emptying the search index", [](SQLite::Database& db) -> Result<> {
        db.exec("INSERT INTO told(told) VALUES('delete-all')");
        db.exec("DELETE FROM mark");
        return {};
    });
}

IncidentSearch::Told IncidentSearch::told(std::string_view id, const Event& event) {
    const EventBody& body = event.body;
    Told told{number_of(id), event.seq, {}};
    const auto add = [&told](std::string_view text) {
        if (text.empty()) return;
        if (!told.text.empty()) told.text += ' ';
        told.text += text;
    };
    if (event.kind == EventKind::opened) add(id);
    for (const std::string_view text : std::initializer_list<std::string_view>{
             body.title, body.service, body.text, body.person, body.subject, body.url})
        add(text);
    return told;
}

Result<> IncidentSearch::add(const std::vector<Told>& all, const SearchMark& mark) {
    return database_->write("adding to the search index", [&](SQLite::Database& db) -> Result<> {
        SQLite::Statement insert(db, "INSERT INTO told(rowid, text) VALUES(?,?)");
        for (const Told& each : all) {
            if (each.text.empty() || each.number == 0) continue;
            insert.reset();
            insert.bind(1, std::int64_t((each.number << seq_bits) | each.seq));
            insert.bindNoCopy(2, each.text);
            insert.exec();
        }
        SQLite::Statement put(db, "INSERT OR REPLACE INTO mark(only, position, hash) VALUES(1,?,?)");
        put.bind(1, std::int64_t(mark.position));
        put.bind(2, mark.hash);
        put.exec();
        return {};
    });
}

Result<std::vector<std::uint64_t>> IncidentSearch::find(std::string_view text) const {
    const std::vector<std::string> words = words_of(text);
    if (words.empty()) return core::fail(Errc::invalid_argument, "q: holds no word to search for");
    if (words.size() > max_words) return core::fail(Errc::invalid_argument, "q: at most {} words", max_words);
    return database_->read("searching incidents",
                           [&](SQLite::Database& db) -> Result<std::vector<std::uint64_t>> {
                               std::vector<std::uint64_t> found = incidents_with(db, words.front());
                               for (std::size_t i = 1; i < words.size() && !found.empty(); ++i) {
                                   const auto more = incidents_with(db, words[i]);
                                   std::vector<std::uint64_t> both;
                                   std::ranges::set_intersection(found, more, std::back_inserter(both));
                                   found = std::move(both);
                               }
                               return found;
                           });
}

}  // namespace qd::incidents
