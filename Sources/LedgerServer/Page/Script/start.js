// What a page has is started; the menus, dialogs and choices listen on the whole document.

prepareMenus();
const live = document.getElementById("live");
if (live) startLive(live);
const slider = document.getElementById("slider");
if (slider) startSlider(slider);
const audit = document.getElementById("audit");
if (audit) startAudit(audit);
