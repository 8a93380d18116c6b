#include "app/shell/settings_dialog.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

#include "app/shell/options.hpp"
#include "app/shell/preferences.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {

QLabel* path(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(monoFont(Type::Small));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setWordWrap(true);
    return label;
}

}  // namespace

SettingsDialog::SettingsDialog(Preferences& preferences, const QString& site, bool local, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(QStringLiteral("Settings"));
    setObjectName(QStringLiteral("settingsDialog"));
    auto* form = new QFormLayout;
    form->setContentsMargins(space::xl, space::xl, space::xl, space::md);
    form->setHorizontalSpacing(space::xl);
    form->setVerticalSpacing(space::lg);
    form->setLabelAlignment(Qt::AlignLeft);

    auto* theme = new QComboBox(this);
    theme->addItem(QStringLiteral("Dark"), QStringLiteral("dark"));
    theme->addItem(QStringLiteral("Light"), QStringLiteral("light"));
    theme->setCurrentIndex(theme->findData(preferences.theme()));
    connect(theme, &QComboBox::currentIndexChanged, this,
            [&preferences, theme] { preferences.setTheme(theme->currentData().toString()); });
    form->addRow(QStringLiteral("&Theme"), theme);

    auto* viewers = new QSpinBox(this);
    viewers->setRange(0, 2'000);
    viewers->setValue(preferences.viewers());
    viewers->setSuffix(QStringLiteral(" simulated"));
    viewers->setEnabled(local);
    if (!local)
        viewers->setToolTip(QStringLiteral("Only a local site has an audience that the console may set"));
    // While somebody types "200" the site need not see 2 and 20.
    auto* settled = new QTimer(this);
    settled->setSingleShot(true);
    settled->setInterval(400);
    connect(viewers, &QSpinBox::valueChanged, settled, qOverload<>(&QTimer::start));
    connect(settled, &QTimer::timeout, this,
            [&preferences, viewers] { preferences.setViewers(viewers->value()); });
    connect(this, &QDialog::finished, this,
            [&preferences, viewers] { preferences.setViewers(viewers->value()); });
    form->addRow(QStringLiteral("&Viewers"), viewers);

    auto* notices = new QCheckBox(QStringLiteral("on the desktop, while the console is not in front"), this);
    notices->setChecked(preferences.desktopNotices());
    connect(notices, &QCheckBox::toggled, this,
            [&preferences](bool on) { preferences.setDesktopNotices(on); });
    form->addRow(QStringLiteral("&Alerts"), notices);

    form->addRow(local ? QStringLiteral("Data folder") : QStringLiteral("Connected to"), path(site, this));
    form->addRow(QStringLiteral("Configuration"), path(QString::fromStdString(configDir().string()), this));
    form->addRow(QStringLiteral("Layout and state"), path(QString::fromStdString(stateDir().string()), this));

    auto* close = makeButton(QStringLiteral("Close"), ButtonKind::Primary, this);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::xl, space::md, space::xl, space::lg);
    foot->addStretch();
    foot->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(foot);
    resize(560, 360);
}

}  // namespace qd::app
