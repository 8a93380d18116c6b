#pragma once
// A field for YAML with the numbers of its lines beside it, and a mark at those where something is wrong.

#include <QPlainTextEdit>
#include <QVector>

namespace qd::app {

struct LineRemark {
    int line = 1;  // from 1
    bool isError = true;
    QString text;
};

class YamlEditor : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit YamlEditor(QWidget* parent = nullptr);

    /// Replaces the whole in one step that can be undone; the cursor stays at its line.
    void replaceAll(const QString& text);
    void setRemarks(const QVector<LineRemark>& remarks);
    void goToLine(int line);
    /// What the gutter says of a line; empty: nothing. An error comes before a note.
    QString remarkAt(int line) const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    int gutterWidth() const;
    void placeGutter();
    void paintGutter();
    void underline();
    const LineRemark* worstAt(int line) const;

    QWidget* gutter_;
    QVector<LineRemark> remarks_;
};

}  // namespace qd::app
