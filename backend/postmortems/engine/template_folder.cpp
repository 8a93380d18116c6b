#include "postmortems/engine/template_folder.hpp"

#include <algorithm>

#include "core/files.hpp"

namespace qd::postmortems {
namespace {

constexpr std::size_t most_files = 200;

bool is_template_name(std::string_view name) {
    return !name.empty() && name.size() <= 60 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

core::Result<Template> read_template(const std::filesystem::path& file) {
    const std::string name = file.stem().string();
    if (!is_template_name(name))
        return core::fail(core::Errc::config, "{}: a template's name is made of a-z, 0-9 and -",
                          file.string());
    const auto text = core::read_file(file, max_template_bytes);
    if (!text) return core::Failure(text.error());
    return parse_template(*text, name, file.string());
}

}  // namespace

core::Result<std::vector<Template>> load_templates(const std::filesystem::path& folder) {
    std::vector<Template> all = builtin_templates();
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".md") files.push_back(entry->path());
    if (error == std::errc::no_such_file_or_directory) return all;
    if (error) return core::fail(core::Errc::config, "reading {}: {}", folder.string(), error.message());
    if (files.size() > most_files)
        return core::fail(core::Errc::config, "{}: more than {} templates", folder.string(), most_files);
    std::ranges::sort(files);
    for (const std::filesystem::path& file : files) {
        auto read = read_template(file);
        if (!read) {
            Template broken;
            broken.name = broken.title = file.stem().string().substr(0, 60);
            broken.origin = file.string();
            broken.problem = read.error().message;
            all.push_back(std::move(broken));
            continue;
        }
        const auto same = std::ranges::find(all, read->name, &Template::name);
        if (same != all.end())
            *same = std::move(*read);
        else
            all.push_back(std::move(*read));
    }
    return all;
}

}  // namespace qd::postmortems
