#include "app/models/section_parts.hpp"

#include <QHash>
#include <QStringList>

#include "postmortems/placeholders.hpp"

namespace qd::app {
namespace {

using PartKind = SectionPart::Kind;
using postmortems::PieceKind;

const QString kEnd = QStringLiteral("{{end}}");

QString textOf(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

QString openingOf(const SectionPart& part) {
    return QString::fromStdString(
               postmortems::detached_line(part.name.toStdString(), part.takenAt, part.digest.toStdString()))
        .replace(QStringLiteral(" }}"), QStringLiteral("}}"));  // without a digest
}

}  // namespace

std::vector<SectionPart> splitSection(const QString& text) {
    std::vector<SectionPart> parts;
    const auto pieces = postmortems::split(text.toStdString());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const postmortems::Piece& piece = pieces[i];
        QString written = textOf(piece.text);
        const bool isLast = i + 1 == pieces.size();
        // The end of its last line belongs to the line, not to what is written.
        const bool cut = written.endsWith(QLatin1Char('\n')) && (piece.kind != PieceKind::text || !isLast);
        if (cut) written.chop(1);
        switch (piece.kind) {
            case PieceKind::text:
                parts.push_back({.kind = PartKind::Text, .text = written});
                break;
            case PieceKind::block:
                parts.push_back({.kind = PartKind::Block, .name = textOf(piece.name)});
                break;
            case PieceKind::detached:
                parts.push_back({.kind = PartKind::Detached,
                                 .text = written,
                                 .name = textOf(piece.name),
                                 .takenAt = piece.taken_at,
                                 .digest = textOf(piece.digest),
                                 .room = piece.text.empty()});
                break;
        }
    }
    if (!parts.empty() && parts.back().kind != PartKind::Text && text.endsWith(QLatin1Char('\n')))
        parts.push_back({.kind = PartKind::Text});
    return parts;
}

QString joinParts(const std::vector<SectionPart>& parts) {
    QStringList lines;
    for (const SectionPart& part : parts) switch (part.kind) {
            case PartKind::Text:
                if (!part.room || !part.text.isEmpty()) lines << part.text;
                break;
            case PartKind::Block:
                lines << QStringLiteral("{{%1}}").arg(part.name);
                break;
            case PartKind::Detached:
                lines << openingOf(part);
                if (!part.room || !part.text.isEmpty()) lines << part.text;
                lines << kEnd;
                break;
        }
    return lines.join(QLatin1Char('\n'));
}

std::vector<SectionPart> withRoom(std::vector<SectionPart> parts) {
    std::vector<SectionPart> spaced;
    const auto room = [&] {
        if (spaced.empty() || spaced.back().kind != PartKind::Text)
            spaced.push_back({.kind = PartKind::Text, .room = true});
    };
    for (SectionPart& part : parts) {
        if (part.kind != PartKind::Text) room();
        spaced.push_back(std::move(part));
    }
    room();
    return spaced;
}

QStringList linesOnlyIn(const QString& mine, const QString& theirs) {
    QHash<QString, int> there;
    for (const QString& line : theirs.split(QLatin1Char('\n'))) ++there[line.trimmed()];
    QStringList lost;
    for (const QString& line : mine.split(QLatin1Char('\n'))) {
        const QString bare = line.trimmed();
        if (bare.isEmpty()) continue;
        if (int& left = there[bare]; left > 0)
            --left;
        else
            lost << line;
    }
    return lost;
}

}  // namespace qd::app
