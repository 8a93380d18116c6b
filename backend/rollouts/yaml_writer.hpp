#pragma once
// YAML line by line: the little of it that files for people need.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qd::rollouts {

/// As it stands where that is read back as the same text, else between double quotes.
std::string yaml_scalar(std::string_view text);

/// `{name: qa, percentage: 10}` of ready values; "{}" of none.
using YamlPairs = std::vector<std::pair<std::string, std::string>>;
std::string yaml_flow(const YamlPairs& pairs);
std::string yaml_flow(const std::vector<std::string>& entries);

class YamlWriter {
public:
    /// Within its life lines are further in.
    class Deeper {
    public:
        explicit Deeper(YamlWriter& writer, unsigned by = 2) : writer_(writer), by_(by) {
            writer_.indent_ += by_;
        }
        ~Deeper() { writer_.indent_ -= by_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;

    private:
        YamlWriter& writer_;
        unsigned by_;
    };

    /// A key over what follows further in.
    void open(std::string_view key) { line(std::string(key) + ":"); }
    /// `value` is ready: a scalar or a flow.
    void put(std::string_view key, std::string_view value) {
        line(std::string(key) + ": " + std::string(value));
    }
    /// Long texts of several lines as such ("|").
    void text(std::string_view key, std::string_view text);
    void entry(std::string_view value) { line("- " + std::string(value)); }
    /// The next line begins an entry of a list; write it and what belongs to it further in by 2.
    void begin_entry() { dash_ = true; }
    void document() { text_ += "---\n"; }

    std::string take() && { return std::move(text_); }

private:
    void line(const std::string& line);

    std::string text_;
    unsigned indent_ = 0;
    bool dash_ = false;
};

}  // namespace qd::rollouts
