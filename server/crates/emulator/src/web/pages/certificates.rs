//! Certificates of an app registration, instead of a secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::html::{Html, html};
use super::registration::{action, small};
use super::users::input;
use super::{Desk, Fields, field};
use crate::cloud::{AppRegistration, Certificate};

/// *Certificates* on a registration's page.
pub(super) fn section(app: &AppRegistration) -> Html {
    let row = |known: &Certificate| {
        let key = known.key_id.to_string();
        html!(
            "<tr><td>" (known.display_name) "</td><td class=\"mono\">" (known.x5t) "</td><td class=\"mono\">" (known.key_id)
            "</td><td class=\"end\">" [small(app, "remove-certificate", &key, "Delete", &known.display_name)] "</td></tr>"
        )
    };
    html!(
        "<section><h2>Certificates</h2>" [app.certificates.is_empty().then(|| html!("<p class=\"empty\">None yet.</p>"))]
        [(!app.certificates.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>Description</th><th>Thumbprint</th><th>Certificate ID</th><td></td></tr>"
            "</thead><tbody>" [app.certificates.iter().map(row)] "</tbody></table></div>"
        ))]
        "<form method=\"post\" action=\"" (action(app, "add-certificate")) "\" class=\"grid\">"
        [input("certificate-name", "Description", "", false)] "<div class=\"field\"><label for=\"pem\">Certificate, PEM</label>"
        "<textarea id=\"pem\" name=\"pem\" rows=\"4\" required autocomplete=\"off\"></textarea></div>"
        "<div class=\"buttons\"><button>Upload certificate</button></div></form></section>"
    )
}

/// Uploads one, given as PEM.
pub(super) fn add(desk: &Desk, app: &AppRegistration, fields: &Fields) -> Result<String, String> {
    let pem = field(fields, "pem").lines().map(str::trim);
    let text: String = pem.filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD
        .decode(text)
        .ok()
        .filter(|der| crate::platform::is_certificate(der));
    let der = der.ok_or_else(|| "This is no certificate in PEM.".to_owned())?;
    let name = field(fields, "certificate-name");
    let added = desk.entra().add_certificate(app.app_id, name, der);
    added
        .map(|_| "The certificate was uploaded.".to_owned())
        .map_err(|error| error.to_string())
}
