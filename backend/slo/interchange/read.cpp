#include "slo/interchange/read.hpp"

#include <set>

#include "core/config.hpp"
#include "core/files.hpp"
#include "slo/document.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/pyrra.hpp"

namespace qd::slo::interchange {
namespace {

enum class Format { own, openslo, pyrra, unknown };

Format format_of(core::ConfigReader document) {
    if (document.has("slos")) return Format::own;
    const auto version = document.get<std::string>("apiVersion", "");
    if (version.starts_with("openslo/")) return Format::openslo;
    if (version.starts_with("pyrra.dev/")) return Format::pyrra;
    return Format::unknown;
}

core::Result<Reading> read_own(std::string text, const std::string& source) {
    auto objectives = parse_document(std::move(text), source);
    if (!objectives) return core::Failure(objectives.error());
    Reading reading;
    for (Objective& objective : *objectives) reading.objectives.push_back({std::move(objective), source});
    return reading;
}

core::Result<Reading> read_all_pyrra(std::vector<core::ConfigReader>& documents) {
    Reading reading;
    for (core::ConfigReader& document : documents)
        if (auto read = read_pyrra(document, reading); !read) return core::Failure(read.error());
    return reading;
}

core::Result<Reading> without_twins(core::Result<Reading> reading) {
    if (!reading) return reading;
    std::set<std::string> ids;
    for (const Held& held : reading->objectives)
        if (!ids.insert(held.objective.id.value).second)
            return core::fail(core::Errc::config, "{}: '{}' is given twice", held.place,
                              held.objective.id.value);
    return reading;
}

}  // namespace

core::Result<Reading> read_text(std::string text, std::string source) {
    auto documents = core::ConfigReader::parse_all(text, source);
    if (!documents) return core::Failure(documents.error());
    if (documents->empty()) return core::fail(core::Errc::config, "{}:1: holds nothing", source);
    const Format format = format_of(documents->front());
    for (core::ConfigReader& document : *documents)
        if (format_of(document) != format) {
            document.reject("apiVersion", "differs from the first document's: one format a file");
            return core::Failure(document.finish().error());
        }
    switch (format) {
        case Format::own:
            if (documents->size() > 1) {
                documents->at(1).reject("slos", "begins a second document; put all into one");
                return core::Failure(documents->at(1).finish().error());
            }
            return read_own(std::move(text), source);
        case Format::openslo:
            return without_twins(read_openslo(std::move(*documents)));
        case Format::pyrra:
            return without_twins(read_all_pyrra(*documents));
        case Format::unknown:
            break;
    }
    documents->front().reject("apiVersion",
                              "must be openslo/v1 or pyrra.dev/v1alpha1; our own files begin with 'slos:'");
    return core::Failure(documents->front().finish().error());
}

core::Result<Reading> read_definitions(const std::filesystem::path& file) {
    auto text = core::read_file(file, 1 << 20);
    if (!text) return core::fail(core::Errc::config, "{}", text.error().message);
    return read_text(std::move(*text), file.string());
}

std::vector<Objective> objectives_of(Reading reading) {
    std::vector<Objective> objectives;
    for (Held& held : reading.objectives) objectives.push_back(std::move(held.objective));
    return objectives;
}

}  // namespace qd::slo::interchange
