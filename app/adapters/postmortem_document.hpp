#pragma once
// The post-mortem's HTML as a rich-text document, for the screen and for paper.

#include <QColor>
#include <QString>

class QTextDocument;

namespace qd::app {

struct DocumentColors {
    QColor text;
    QColor soft;  // evidence, axes
    QColor line;
    QColor accent;
    QColor bad;
};

/// Black on white.
DocumentColors paperColors();

/// Replaces the document's content. Rich text knows no SVG: each chart becomes an image in these colours,
/// sharp at `pixelRatio` image pixels for each of the document's.
void fillDocument(QTextDocument& document, const QString& html, const DocumentColors& colors,
                  double pixelRatio);

}  // namespace qd::app
