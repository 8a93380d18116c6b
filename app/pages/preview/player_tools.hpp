#pragma once
// The row of menus below the transport bar: speed, quality, sound, subtitles, network, and more. Each shows
// what is in force and asks by an action.

#include <QWidget>

class QPushButton;

namespace qd::app {

class Session;

class PlayerTools : public QWidget {
    Q_OBJECT

public:
    PlayerTools(Session& session, QWidget* parent);

    void showPlayer();

private:
    void fillRates();
    void fillLevels();
    void fillTracks();
    void fillNetworks();
    void fillMore();

    Session& session_;
    QPushButton* rate_;
    QPushButton* level_;
    QPushButton* audio_;
    QPushButton* subtitles_;
    QPushButton* network_;
    QPushButton* more_;
};

}  // namespace qd::app
