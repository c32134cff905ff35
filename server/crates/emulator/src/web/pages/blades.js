// Entra's deep links name a page behind the #, which no server sees: `/#view/Microsoft_AAD_IAM/…`. They lead on to ours.
(() => {
  const pages = {
    UserManagementMenuBlade: "/users",
    StartboardApplicationsMenuBlade: "/enterprise-applications",
    AppGalleryBladeV2: "/enterprise-applications",
    RegisteredApps: "/app-registrations",
  };
  const follow = () => {
    const blade = Object.keys(pages).find((name) => location.hash.startsWith("#view/") && location.hash.includes(`/${name}`));
    if (location.pathname === "/" && blade) location.replace(pages[blade]);
  };
  addEventListener("hashchange", follow);
  follow();
})();
