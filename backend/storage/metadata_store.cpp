#include "storage/metadata_store.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "storage/database.hpp"

namespace qd::storage {
namespace {

using core::Errc;
using core::Result;

constexpr std::array<std::string_view, 1> metadata_migrations = {R"(
CREATE TABLE video(
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  error_code TEXT,
  error_message TEXT,
  progress REAL NOT NULL,
  duration_s REAL NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  frame_rate REAL NOT NULL,
  has_audio INTEGER NOT NULL,
  has_poster INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  version INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX video_by_age ON video(created_ms, id);
CREATE TABLE rendition(
  video TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bandwidth INTEGER NOT NULL,
  codecs TEXT NOT NULL,
  PRIMARY KEY(video, position)) WITHOUT ROWID;
)"};

constexpr std::string_view video_columns =
    "id, title, owner, state, error_code, error_message, progress, duration_s, width, height, frame_rate, "
    "has_audio, "
    "has_poster, created_ms, version";

constexpr std::array<std::pair<VideoState, std::string_view>, 5> video_state_names = {{
    {VideoState::queued, "queued"},
    {VideoState::processing, "processing"},
    {VideoState::playable, "playable"},
    {VideoState::ready, "ready"},
    {VideoState::failed, "failed"},
}};

core::Failure no_video() {
    return core::fail(Errc::not_found, "there is no such video");
}

/// The place of a video in the list, newest first.
struct Cursor {
    std::int64_t created_ms = INT64_MAX;
    std::string id;

    std::string text() const { return fmt::format("{}.{}", created_ms, id); }

    static Result<Cursor> parse(std::string_view text) {
        Cursor cursor;
        if (text.empty()) return cursor;
        const char* const end = text.data() + text.size();
        const auto [dot, error] = std::from_chars(text.data(), end, cursor.created_ms);
        if (text.size() > 64 || error != std::errc() || dot == end || *dot != '.')
            return core::fail(Errc::invalid_argument, "this cursor is none of ours; begin again without one");
        cursor.id.assign(dot + 1, end);
        return cursor;
    }
};

Result<Video> read_video(SQLite::Statement& row, SQLite::Statement& renditions) {
    Video video;
    video.id = VideoId(row.getColumn(0).getString());
    video.title = row.getColumn(1).getString();
    video.owner = row.getColumn(2).getString();
    const auto state = parse_video_state(row.getColumn(3).getString());
    if (!state) return core::fail(Errc::corrupt, "the metadata of {} has an unknown state", video.id.value);
    video.state = *state;
    if (!row.isColumnNull(4)) video.error = {row.getColumn(4).getString(), row.getColumn(5).getString()};
    video.progress = row.getColumn(6).getDouble();
    video.duration = core::Seconds(row.getColumn(7).getDouble());
    video.width = row.getColumn(8).getUInt();
    video.height = row.getColumn(9).getUInt();
    video.frame_rate = row.getColumn(10).getDouble();
    video.has_audio = row.getColumn(11).getInt() != 0;
    video.has_poster = row.getColumn(12).getInt() != 0;
    video.created_at = core::WallTime(std::chrono::milliseconds(row.getColumn(13).getInt64()));
    video.version = std::uint64_t(row.getColumn(14).getInt64());
    renditions.reset();
    renditions.bind(1, video.id.value);
    while (renditions.executeStep()) {
        Rendition rendition;
        rendition.name = renditions.getColumn(0).getString();
        rendition.width = renditions.getColumn(1).getUInt();
        rendition.height = renditions.getColumn(2).getUInt();
        rendition.bandwidth = std::uint64_t(renditions.getColumn(3).getInt64());
        rendition.codecs = renditions.getColumn(4).getString();
        video.renditions.push_back(std::move(rendition));
    }
    return video;
}

constexpr const char* select_renditions =
    "SELECT name, width, height, bandwidth, codecs FROM rendition WHERE video=? ORDER BY position";

void write_video(SQLite::Database& db, const Video& video) {
    SQLite::Statement row(
        db, fmt::format("INSERT INTO video({}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
                        "ON CONFLICT(id) DO UPDATE SET title=excluded.title, state=excluded.state, "
                        "error_code=excluded.error_code, error_message=excluded.error_message, "
                        "progress=excluded.progress, duration_s=excluded.duration_s, "
                        "width=excluded.width, height=excluded.height, "
                        "frame_rate=excluded.frame_rate, has_audio=excluded.has_audio, "
                        "has_poster=excluded.has_poster, version=excluded.version",
                        video_columns));
    row.bind(1, video.id.value);
    row.bind(2, video.title);
    row.bind(3, video.owner);
    row.bind(4, std::string(to_string(video.state)));
    if (video.error) {
        row.bind(5, video.error->code);
        row.bind(6, video.error->message);
    }
    row.bind(7, video.progress);
    row.bind(8, video.duration.count());
    row.bind(9, video.width);
    row.bind(10, video.height);
    row.bind(11, video.frame_rate);
    row.bind(12, video.has_audio ? 1 : 0);
    row.bind(13, video.has_poster ? 1 : 0);
    row.bind(14, std::int64_t(video.created_at.time_since_epoch().count()));
    row.bind(15, std::int64_t(video.version));
    row.exec();

    SQLite::Statement clear(db, "DELETE FROM rendition WHERE video=?");
    clear.bind(1, video.id.value);
    clear.exec();
    SQLite::Statement add(db,
                          "INSERT INTO rendition(video, position, name, width, height, bandwidth, codecs) "
                          "VALUES(?,?,?,?,?,?,?)");
    for (std::size_t i = 0; i < video.renditions.size(); ++i) {
        const Rendition& rendition = video.renditions[i];
        add.reset();
        add.bind(1, video.id.value);
        add.bind(2, std::int64_t(i));
        add.bind(3, rendition.name);
        add.bind(4, rendition.width);
        add.bind(5, rendition.height);
        add.bind(6, std::int64_t(rendition.bandwidth));
        add.bind(7, rendition.codecs);
        add.exec();
    }
}

std::optional<std::uint64_t> stored_version(SQLite::Database& db, const VideoId& id) {
    SQLite::Statement query(db, "SELECT version FROM video WHERE id=?");
    query.bind(1, id.value);
    if (!query.executeStep()) return std::nullopt;
    return std::uint64_t(query.getColumn(0).getInt64());
}

class SqliteMetadataStore final : public MetadataStore {
public:
    SqliteMetadataStore(std::vector<std::unique_ptr<Database>> shards, ShardMap map)
        : shards_(std::move(shards)), map_(map) {}

    Result<Video> insert(Video video) override {
        const auto shard = map_.shard_of(video.id);
        if (!shard) return core::fail(Errc::invalid_argument, "\"{}\" is no id of a video", video.id.value);
        return shards_[*shard]->write(
            "storing a video's metadata", [&](SQLite::Database& db) -> Result<Video> {
                if (stored_version(db, video.id))
                    return core::fail(Errc::conflict, "there is a video {} already", video.id.value);
                video.version = 1;
                write_video(db, video);
                return std::move(video);
            });
    }

    Result<Video> get(const VideoId& id) const override {
        const auto shard = map_.shard_of(id);
        if (!shard) return core::Failure(shard.error());
        return shards_[*shard]->read(
            "reading a video's metadata", [&](SQLite::Database& db) -> Result<Video> {
                SQLite::Statement query(db, fmt::format("SELECT {} FROM video WHERE id=?", video_columns));
                query.bind(1, id.value);
                if (!query.executeStep()) return no_video();
                SQLite::Statement renditions(db, select_renditions);
                return read_video(query, renditions);
            });
    }

    Result<Video> update(Video video) override {
        const auto shard = map_.shard_of(video.id);
        if (!shard) return core::Failure(shard.error());
        return shards_[*shard]->write(
            "changing a video's metadata", [&](SQLite::Database& db) -> Result<Video> {
                const auto stored = stored_version(db, video.id);
                if (!stored) return no_video();
                if (*stored != video.version)
                    return core::fail(Errc::precondition_failed, "the video {} was changed meanwhile",
                                      video.id.value);
                ++video.version;
                write_video(db, video);
                return std::move(video);
            });
    }

    Result<VideoPage> list(std::string_view cursor, std::size_t limit) const override {
        if (limit < 1 || limit > 100)
            return core::fail(Errc::invalid_argument, "a page has 1 to 100 videos, not {}", limit);
        const auto from = Cursor::parse(cursor);
        if (!from) return core::Failure(from.error());
        VideoPage page;
        for (const auto& shard : shards_) {
            auto part = newest(*shard, *from, limit + 1);
            if (!part) return core::Failure(part.error());
            std::move(part->begin(), part->end(), std::back_inserter(page.items));
        }
        std::sort(page.items.begin(), page.items.end(), [](const Video& a, const Video& b) {
            return std::tie(a.created_at, a.id) > std::tie(b.created_at, b.id);
        });
        if (page.items.size() > limit) {
            page.items.resize(limit);
            const Video& last = page.items.back();
            page.next = Cursor{last.created_at.time_since_epoch().count(), last.id.value}.text();
        }
        return page;
    }

    Result<> remove(const VideoId& id) override {
        const auto shard = map_.shard_of(id);
        if (!shard) return core::Failure(shard.error());
        return shards_[*shard]->write("removing a video's metadata", [&](SQLite::Database& db) -> Result<> {
            SQLite::Statement statement(db, "DELETE FROM video WHERE id=?");
            statement.bind(1, id.value);
            if (statement.exec() == 0) return no_video();
            return {};
        });
    }

private:
    static Result<std::vector<Video>> newest(Database& shard, const Cursor& from, std::size_t limit) {
        return shard.read("listing videos", [&](SQLite::Database& db) -> Result<std::vector<Video>> {
            SQLite::Statement query(db, fmt::format("SELECT {} FROM video WHERE (created_ms, id) < (?, ?) "
                                                    "ORDER BY created_ms DESC, id DESC LIMIT ?",
                                                    video_columns));
            query.bind(1, from.created_ms);
            query.bind(2, from.id);
            query.bind(3, std::int64_t(limit));
            SQLite::Statement renditions(db, select_renditions);
            std::vector<Video> videos;
            while (query.executeStep()) {
                auto video = read_video(query, renditions);
                if (!video) return core::Failure(video.error());
                videos.push_back(std::move(*video));
            }
            return videos;
        });
    }

    std::vector<std::unique_ptr<Database>> shards_;
    ShardMap map_;
};

}  // namespace

std::string_view to_string(VideoState state) {
    for (const auto& [value, name] : video_state_names)
        if (value == state) return name;
    return "failed";
}

std::optional<VideoState> parse_video_state(std::string_view text) {
    for (const auto& [value, name] : video_state_names)
        if (name == text) return value;
    return std::nullopt;
}

Result<std::unique_ptr<MetadataStore>> open_metadata_store(const std::filesystem::path& folder,
                                                           ShardMap shards) {
    std::vector<std::unique_ptr<Database>> files;
    for (unsigned shard = 0; shard < shards.count(); ++shard) {
        const std::string name = shard == 0 ? "metadata.sqlite" : fmt::format("metadata-{}.sqlite", shard);
        auto file = Database::open(folder / name, metadata_migrations);
        if (!file) return core::Failure(file.error());
        files.push_back(std::move(*file));
    }
    return std::make_unique<SqliteMetadataStore>(std::move(files), shards);
}

}  // namespace qd::storage
