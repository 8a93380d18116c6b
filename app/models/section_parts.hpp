#pragma once
// A section of a post-mortem taken apart: what people write, blocks that the journal fills, and blocks that
// somebody took over by hand. Pure.

#include <QString>
#include <QStringList>
#include <vector>

namespace qd::app {

struct SectionPart {
    enum class Kind {
        Text,      // Markdown, placeholders within lines included
        Block,     // {{name}} on a line of its own: compiled from the journal
        Detached,  // {{detached name event digest}} … {{end}}: was compiled, edited by hand since
    };
    Kind kind = Kind::Text;
    QString text;         // Text, Detached
    QString name;         // Block, Detached
    quint64 takenAt = 0;  // Detached: the journal's version then
    QString digest;       // Detached: of what the block was compiled from then
    /// Text that is not in the section yet: room to write at; it stays away while it is empty.
    bool room = false;

    bool operator==(const SectionPart&) const = default;
};

/// As postmortems::split() reads it. joinParts() gives back the same text, but for spaces around the marks
/// and for the end that a block taken over by hand may lack.
std::vector<SectionPart> splitSection(const QString& text);
QString joinParts(const std::vector<SectionPart>& parts);

/// With room to write before, between and after blocks.
std::vector<SectionPart> withRoom(std::vector<SectionPart> parts);

/// Lines of `mine` that `theirs` does not have, in their order: what would be lost.
QStringList linesOnlyIn(const QString& mine, const QString& theirs);

}  // namespace qd::app
