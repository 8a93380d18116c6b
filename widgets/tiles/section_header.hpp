#pragma once
#include <QHBoxLayout>
#include <QWidget>

class QLabel;

namespace qd::widgets {

class AgeLabel;

// Title of a part of a page, an optional second line of plain text, the age of its data, and room for
// controls at the right.
class SectionHeader : public QWidget {
    Q_OBJECT
public:
    explicit SectionHeader(const QString& title, const QString& sub = {}, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setSub(const QString& sub);
    // Made visible on first use.
    AgeLabel* age();
    // Controls, right to left is not reversed: first added stands leftmost.
    void addControl(QWidget* control);
    // The header of a whole page: bigger type.
    void setPageTitle(bool page);

private:
    QLabel* title_;
    QLabel* sub_;
    QHBoxLayout* row_;
    AgeLabel* age_ = nullptr;
};

}  // namespace qd::widgets
