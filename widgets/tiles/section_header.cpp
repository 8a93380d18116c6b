#include "widgets/tiles/section_header.hpp"

#include <QLabel>
#include <QVBoxLayout>

#include "widgets/theme/theme.hpp"
#include "widgets/tiles/age_label.hpp"

namespace qd::widgets {

SectionHeader::SectionHeader(const QString& title, const QString& sub, QWidget* parent)
    : QWidget(parent), title_(new QLabel(title, this)), sub_(new QLabel(this)), row_(new QHBoxLayout(this)) {
    row_->setContentsMargins(0, 0, 0, 0);
    row_->setSpacing(space::sm);
    auto* lines = new QVBoxLayout;
    lines->setSpacing(2);
    lines->addWidget(title_);
    lines->addWidget(sub_);
    sub_->setForegroundRole(QPalette::PlaceholderText);
    sub_->setWordWrap(true);
    sub_->setTextFormat(Qt::PlainText);
    row_->addLayout(lines, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    setPageTitle(false);
    setSub(sub);
}

void SectionHeader::setTitle(const QString& title) {
    title_->setText(title);
}

void SectionHeader::setSub(const QString& sub) {
    sub_->setText(sub);
    sub_->setVisible(!sub.isEmpty());
}

AgeLabel* SectionHeader::age() {
    if (!age_) {
        age_ = new AgeLabel(this);
        age_->setAlignment(Qt::AlignRight);
        age_->setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
        row_->insertWidget(1, age_);
    }
    return age_;
}

void SectionHeader::addControl(QWidget* control) {
    row_->addWidget(control);
}

void SectionHeader::setPageTitle(bool page) {
    title_->setFont(textFont(page ? Type::Title : Type::Lead, Weight::Semibold));
    sub_->setFont(textFont(page ? Type::Body : Type::Small));
}

}  // namespace qd::widgets
