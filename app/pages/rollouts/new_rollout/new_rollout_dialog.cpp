#include "app/pages/rollouts/new_rollout/new_rollout_dialog.hpp"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QShortcut>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/pages/rollouts/new_rollout/advice_panel.hpp"
#include "app/pages/rollouts/new_rollout/target_form.hpp"
#include "app/pages/rollouts/new_rollout/yaml_editor.hpp"
#include "core/files.hpp"
#include "rollouts/specification_text.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;
using rollouts::ReleaseWay;
using rollouts::Remark;

namespace {

constexpr int kNewRolloutWidth = 1'120, kNewRolloutHeight = 860;
constexpr int kQuestionsWidth = 400;
constexpr int kProblemLines = 4;
constexpr std::uint64_t kLargestSpecification = 1u << 20;  // what is beyond 64 KiB is told as a problem
const QString kSpecificationFiles = QStringLiteral("Specifications (*.yaml *.yml *.json);;All files (*)");

/// What the way of releasing decides, and nothing of what is rolled out.
void takeWay(rollouts::Specification& into, const rollouts::Specification& from) {
    into.strategy = from.strategy;
    into.steps = from.steps;
    into.background = from.background;
    into.route_cookie = from.route_cookie;
    into.split = from.split;
    into.abort_scale_down_delay = from.abort_scale_down_delay;
    into.blue_green = from.blue_green;
    into.rolling = from.rolling;
    into.analysis.on_failure = from.analysis.on_failure;
}

ReleaseWay wayOf(rollouts::Strategy strategy) {
    switch (strategy) {
        case rollouts::Strategy::canary:
            return ReleaseWay::canary;
        case rollouts::Strategy::blue_green:
            return ReleaseWay::blue_green;
        case rollouts::Strategy::rolling:
            break;
    }
    return ReleaseWay::rolling;
}

QString counted(qsizetype n, const QString& one) {
    return n == 1 ? QStringLiteral("1 %1").arg(one) : QStringLiteral("%1 %2s").arg(n).arg(one);
}

}  // namespace

NewRolloutDialog::NewRolloutDialog(NewRollout wanted, core::Executor& executor, QWidget* parent)
    : QDialog(parent), wanted_(std::move(wanted)), executor_(executor), draft_(executor) {
    setWindowTitle(QStringLiteral("New rollout"));
    const QSize room = screen()->availableSize();
    resize(std::min(kNewRolloutWidth, room.width()), std::min(kNewRolloutHeight, room.height()));
    setSizeGripEnabled(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::xl, space::lg, space::xl, space::lg);
    layout->setSpacing(space::md);
    news_ = new InlineNotice(this);
    news_->setObjectName(QStringLiteral("news"));
    news_->hide();
    layout->addWidget(news_);
    auto* halves = new QHBoxLayout;
    halves->setSpacing(space::xl);
    halves->addWidget(makeLeft());
    halves->addWidget(makeRight(), 1);
    layout->addLayout(halves, 1);
    layout->addWidget(makeFoot());

    connect(advice_, &AdvicePanel::taken, this, &NewRolloutDialog::fill);
    connect(form_, &TargetForm::edited, &draft_, &SpecificationDraft::rewrite);
    connect(form_, &TargetForm::strategyWanted, this,
            [this](rollouts::Strategy strategy) { fill(wayOf(strategy)); });
    connect(editor_, &QPlainTextEdit::textChanged, this, [this] { draft_.type(editor_->toPlainText()); });
    connect(&draft_, &SpecificationDraft::textChanged, editor_, &YamlEditor::replaceAll);
    connect(&draft_, &SpecificationDraft::textChanged, this, [this] { isAskedAgain_ = false; });
    connect(&draft_, &SpecificationDraft::readingChanged, this, &NewRolloutDialog::showReading);
    draft_.setText(str(rollouts::to_yaml_text(rollouts::starting_specification(
        advice_->advice().way, advice_->answers(), wanted_.version.toStdString()))));
    kept_ = draft_.text();
}

QWidget* NewRolloutDialog::makeLeft() {
    auto* column = new QWidget(this);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, space::sm, 0);
    layout->setSpacing(space::lg);
    advice_ = new AdvicePanel(column);
    form_ = new TargetForm(column);
    layout->addWidget(advice_);
    layout->addWidget(form_);
    layout->addStretch();
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setMinimumWidth(kQuestionsWidth);
    scroll->setWidget(column);
    return scroll;
}

QWidget* NewRolloutDialog::makeRight() {
    auto* column = new QWidget(this);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::xs);
    editor_ = new YamlEditor(column);
    editor_->setObjectName(QStringLiteral("specification"));
    editor_->setAccessibleName(QStringLiteral("Specification, YAML"));
    auto* caption = makeLabel(QStringLiteral("Sp&ecification"), Type::Lead, Weight::Semibold, false, column);
    caption->setBuddy(editor_);
    auto* open = makeButton(QStringLiteral("&Open…"), ButtonKind::Plain, column);
    open->setObjectName(QStringLiteral("open"));
    auto* save = makeButton(QStringLiteral("Save &as…"), ButtonKind::Plain, column);
    save->setObjectName(QStringLiteral("save"));
    auto* head = new QHBoxLayout;
    head->addWidget(caption, 1);
    for (QPushButton* button : {open, save}) {
        button->setAutoDefault(false);
        head->addWidget(button);
    }
    summary_ = makeLabel({}, Type::Small, Weight::Medium, false, column);
    summary_->setObjectName(QStringLiteral("summary"));
    problems_ = new QListWidget(column);
    problems_->setObjectName(QStringLiteral("problems"));
    problems_->setAccessibleName(QStringLiteral("Problems; Enter goes to the line"));
    problems_->setWordWrap(true);
    problems_->setTextElideMode(Qt::ElideNone);
    problems_->setFixedHeight(2 * kProblemLines * problems_->fontMetrics().lineSpacing());
    auto* problemsCaption =
        makeLabel(QStringLiteral("Pro&blems"), Type::Small, Weight::Medium, false, column);
    problemsCaption->setBuddy(problems_);
    layout->addLayout(head);
    layout->addWidget(editor_, 1);
    auto* row = new QHBoxLayout;
    row->addWidget(problemsCaption);
    row->addStretch();
    row->addWidget(summary_);
    layout->addLayout(row);
    layout->addWidget(problems_);
    connect(open, &QPushButton::clicked, this, [this] { chooseFile(false); });
    connect(save, &QPushButton::clicked, this, [this] { chooseFile(true); });
    connect(problems_, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        editor_->goToLine(item->data(Qt::UserRole).toInt());
        editor_->setFocus();
    });
    return column;
}

QWidget* NewRolloutDialog::makeFoot() {
    auto* foot = new QWidget(this);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(
        makeMutedLabel(QStringLiteral("Sessions stay on the version they began with. Nothing is sent "
                                      "before you have seen it."),
                       Type::Small, foot),
        1);
    auto* cancel = makeButton(QStringLiteral("&Cancel"), ButtonKind::Plain, foot);
    cancel->setObjectName(QStringLiteral("cancel"));
    cancel->setAutoDefault(false);
    start_ = makeButton(QStringLiteral("Sta&rt…"), ButtonKind::Primary, foot);
    start_->setObjectName(QStringLiteral("start"));
    start_->setAutoDefault(false);
    row->addWidget(cancel);
    row->addWidget(start_);
    connect(cancel, &QPushButton::clicked, this, &NewRolloutDialog::reject);
    connect(start_, &QPushButton::clicked, this, &NewRolloutDialog::start);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, this,
            &NewRolloutDialog::start);
    connect(new QShortcut(QKeySequence::Open, this), &QShortcut::activated, this,
            [this] { chooseFile(false); });
    connect(new QShortcut(QKeySequence::Save, this), &QShortcut::activated, this,
            [this] { chooseFile(true); });
    return foot;
}

void NewRolloutDialog::fill(ReleaseWay way) {
    draft_.rewrite([&](rollouts::Specification& specification) {
        takeWay(specification,
                rollouts::starting_specification(way, advice_->answers(), specification.target.label));
    });
}

void NewRolloutDialog::showReading() {
    const rollouts::Specification* specification = draft_.specification();
    const QString rests =
        QStringLiteral("The form rests until the text can be read: %1.").arg(draft_.problem());
    if (!draft_.isRead()) {
        setDisabledReason(start_, QStringLiteral("The text is still being read"));
        return;  // The form and the problems stay as they were for that moment.
    }
    QVector<LineRemark> remarks;
    problems_->clear();
    qsizetype errors = 0;
    for (const Remark& each : draft_.remarks()) {
        const bool isError = each.kind == Remark::Kind::error;
        errors += isError ? 1 : 0;
        remarks << LineRemark{int(each.line), isError, str(each.text)};
        auto* item = new QListWidgetItem(
            isError ? makeIcon(Icon::Error, Token::Bad) : makeIcon(Icon::Info, Token::Info),
            QStringLiteral("Line %1, %2: %3")
                .arg(each.line)
                .arg(isError ? QStringLiteral("error") : QStringLiteral("note"), str(each.text)),
            problems_);
        item->setData(Qt::UserRole, int(each.line));
    }
    editor_->setRemarks(remarks);
    summary_->setText(remarks.isEmpty() ? QStringLiteral("Nothing is wrong")
                                        : QStringLiteral("%1, %2").arg(
                                              counted(errors, QStringLiteral("error")),
                                              counted(remarks.size() - errors, QStringLiteral("note"))));
    form_->setBlocked(specification ? QString() : rests);
    advice_->setBlocked(specification ? QString() : rests);
    if (specification) form_->show(*specification);
    // Written by the form, it is the same text again.
    const bool byHand = specification && draft_.text() != str(rollouts::to_yaml_text(*specification));
    form_->setHint(
        byHand ? QStringLiteral("A change here writes the text afresh: comments and what has no effect "
                                "go. Undo brings them back.")
               : QString());
    setDisabledReason(start_, specification ? QString() : draft_.problem());
}

void NewRolloutDialog::say(const Notice& notice) {
    news_->setNotice(notice);
    news_->setVisible(!notice.what.isEmpty());
}

void NewRolloutDialog::chooseFile(bool save) {
    auto* dialog = new QFileDialog(
        this, save ? QStringLiteral("Save the specification") : QStringLiteral("Open a specification"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setNameFilter(kSpecificationFiles);
    if (save) {
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(QStringLiteral("yaml"));
        const auto* specification = draft_.specification();
        dialog->selectFile(QStringLiteral("rollout-%1.yaml")
                               .arg(specification ? str(specification->target.label) : wanted_.version));
    } else {
        dialog->setFileMode(QFileDialog::ExistingFile);
    }
    connect(dialog, &QFileDialog::fileSelected, this,
            save ? &NewRolloutDialog::saveFile : &NewRolloutDialog::openFile);
    dialog->open();
}

void NewRolloutDialog::openFile(const QString& file) {
    auto read = deliver<std::string>(this, [this, file](core::Result<std::string> text) {
        if (!text)
            return say({State::Bad,
                        QStringLiteral("The file could not be opened."),
                        str(text.error().message),
                        {},
                        {},
                        true});
        draft_.setText(str(*text));
        kept_ = draft_.text();
        say({});
        emit fileOpened(file);
    });
    executor_.post([read, path = std::filesystem::path(file.toStdString())] {
        read(core::read_file(path, kLargestSpecification));
    });
}

void NewRolloutDialog::saveFile(const QString& file) {
    const QString text = draft_.text();
    auto written = deliver<bool>(this, [this, file, text](core::Result<bool> done) {
        if (!done)
            return say({State::Bad,
                        QStringLiteral("The file could not be saved."),
                        str(done.error().message),
                        {},
                        {},
                        true});
        kept_ = text;
        say({State::Good, QStringLiteral("Saved as %1.").arg(QFileInfo(file).fileName()), {}, {}, {}, true});
        emit fileSaved(file);
    });
    executor_.post([written, path = std::filesystem::path(file.toStdString()), bytes = text.toStdString()] {
        const auto done = core::write_file_atomically(path, bytes);
        if (!done) return written(tl::unexpected(done.error()));
        written(true);
    });
}

void NewRolloutDialog::reject() {
    if (draft_.text() == kept_ || isAskedAgain_) return QDialog::reject();
    isAskedAgain_ = true;
    say({State::Warn,
         QStringLiteral("What stands here has not been saved or started."),
         {},
         QStringLiteral("Cancel once more throws it away."),
         {},
         true});
}

void NewRolloutDialog::start() {
    const rollouts::Specification* specification = draft_.specification();
    if (!specification || !wanted_.send) return;
    auto* question =
        new StartDialog({QStringLiteral("Start the rollout of %1?").arg(str(specification->target.label)),
                         wanted_.site, draft_.text(), wanted_.frozen, wanted_.send},
                        this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    connect(question, &StartDialog::started, this, &QDialog::accept);
    question->open();
}

}  // namespace qd::app
