//! The steps as calls to paste, with the real values filled in. They hold no secret, and what comes from outside is
//! quoted for the shell it is pasted into.

use contract::onboarding::erp::{ErpApp, ErpFacts, ServiceUser};
use contract::onboarding::{ErpStep, Script};
use entra::graph::service_principals::GRAPH_APP_ID;

/// Azure CLI.
const AZ: &str = "Azure CLI";
/// Microsoft Graph PowerShell.
const POWERSHELL: &str = "PowerShell";
/// Graph by any client.
const CURL: &str = "curl";

/// The calls for what is known; steps whose values lack have none.
pub fn scripts(facts: &ErpFacts) -> Vec<Script> {
    let mut all = create_user(facts);
    if let Some(app) = &facts.app {
        all.extend(consent(app));
        if let Some(user) = &facts.service_user {
            all.extend(assign(app, user));
        }
    }
    all
}

fn script(step: ErpStep, title: &str, text: String) -> Script {
    Script {
        step,
        title: title.to_owned(),
        text,
    }
}

/// In the domain by which the admin signs in; theirs to change.
fn create_user(facts: &ErpFacts) -> Vec<Script> {
    let admin = facts.admin.as_ref();
    let domain = admin.and_then(|admin| admin.address.rsplit_once('@'));
    let name = format!("svc-erp@{}", domain.map_or("example.com", |(_, domain)| domain));
    let az = format!(
        "az ad user create --display-name 'ERP service' --user-principal-name {} --password \"$PASSWORD\"",
        sh(&name)
    );
    let powershell = format!(
        "Connect-MgGraph -Scopes User.ReadWrite.All\n\
         New-MgUser -AccountEnabled -DisplayName 'ERP service' -MailNickname 'svc-erp' -UserPrincipalName {} `\n  \
         -PasswordProfile @{{ Password = (Read-Host 'Password'); ForceChangePasswordNextSignIn = $false }}",
        ps(&name)
    );
    vec![
        script(ErpStep::ServiceUser, AZ, az),
        script(ErpStep::ServiceUser, POWERSHELL, powershell),
    ]
}

/// What the consent page does in one go: the service principal, then a grant for the app's own API and one for signing in
/// (entra-facts C5.9).
fn consent(app: &ErpApp) -> Vec<Script> {
    let (client, in_ps) = (sh(&app.client_id), ps(&app.client_id));
    let az = format!(
        "az ad sp create --id {client}\n\
         SP=$(az ad sp show --id {client} --query id -o tsv)\n\
         SCOPES=$(az ad sp show --id {client} --query \"join(' ', oauth2PermissionScopes[].value)\" -o tsv)\n\
         GRAPH=$(az ad sp show --id {GRAPH_APP_ID} --query id -o tsv)\n\
         grant() {{ az rest --method POST --url https://graph.microsoft.com/v1.0/oauth2PermissionGrants \\\n  \
         --body \"{{\\\"clientId\\\":\\\"$SP\\\",\\\"consentType\\\":\\\"AllPrincipals\\\",\\\"resourceId\\\":\\\"$1\\\",\\\"scope\\\":\\\"$2\\\"}}\"; }}\n\
         grant \"$SP\" \"$SCOPES\"\n\
         grant \"$GRAPH\" \"openid profile User.Read\""
    );
    let powershell = format!(
        "Connect-MgGraph -Scopes Application.ReadWrite.All, DelegatedPermissionGrant.ReadWrite.All\n\
         $sp = New-MgServicePrincipal -AppId {in_ps}\n\
         $graph = Get-MgServicePrincipal -Filter \"appId eq '{GRAPH_APP_ID}'\"\n\
         $scopes = $sp.Oauth2PermissionScopes.Value -join ' '\n\
         foreach ($grant in @(@($sp.Id, $scopes), @($graph.Id, 'openid profile User.Read'))) {{\n  \
         New-MgOauth2PermissionGrant -BodyParameter @{{ clientId = $sp.Id; consentType = 'AllPrincipals'; \
         resourceId = $grant[0]; scope = $grant[1] }}\n}}"
    );
    vec![
        script(ErpStep::AdminConsent, AZ, az),
        script(ErpStep::AdminConsent, POWERSHELL, powershell),
    ]
}

fn assign(app: &ErpApp, user: &ServiceUser) -> Vec<Script> {
    vec![
        script(ErpStep::AppRole, AZ, assign_az(app, user)),
        script(ErpStep::AppRole, POWERSHELL, assign_powershell(app, user)),
        script(ErpStep::AppRole, CURL, assign_curl(app, user)),
    ]
}

fn assign_az(app: &ErpApp, user: &ServiceUser) -> String {
    let (client, role, user) = (sh(&app.client_id), sh(&app.role), sh(&user.object_id));
    format!(
        "SP=$(az ad sp show --id {client} --query id -o tsv)\n\
         ROLE=$(ROLE_VALUE={role} && az ad sp show --id {client} --query \"appRoles[?value=='$ROLE_VALUE'].id\" -o tsv)\n\
         USER_ID={user}\n\
         az rest --method POST --url \"https://graph.microsoft.com/v1.0/servicePrincipals/$SP/appRoleAssignedTo\" \\\n  \
         --body \"{{\\\"principalId\\\":\\\"$USER_ID\\\",\\\"resourceId\\\":\\\"$SP\\\",\\\"appRoleId\\\":\\\"$ROLE\\\"}}\""
    )
}

fn assign_powershell(app: &ErpApp, user: &ServiceUser) -> String {
    let (client, role, user) = (ps(&app.client_id), ps(&app.role), ps(&user.object_id));
    format!(
        "Connect-MgGraph -Scopes AppRoleAssignment.ReadWrite.All, Application.Read.All\n\
         $client = {client}\n\
         $sp = Get-MgServicePrincipal -Filter \"appId eq '$client'\"\n\
         $role = $sp.AppRoles | Where-Object Value -eq {role}\n\
         New-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId $sp.Id -ResourceId $sp.Id `\n  \
         -PrincipalId {user} -AppRoleId $role.Id"
    )
}

fn assign_curl(app: &ErpApp, user: &ServiceUser) -> String {
    let (client, role, user) = (sh(&app.client_id), sh(&app.role), sh(&user.object_id));
    format!(
        "CLIENT={client}; ROLE_VALUE={role}; USER_ID={user}\n\
         GRAPH=https://graph.microsoft.com/v1.0\n\
         FOUND=$(curl -s -H \"Authorization: Bearer $TOKEN\" \"$GRAPH/servicePrincipals(appId='$CLIENT')\")\n\
         SP=$(echo \"$FOUND\" | jq -r .id)\n\
         ROLE=$(echo \"$FOUND\" | jq -r --arg v \"$ROLE_VALUE\" '.appRoles[] | select(.value == $v) | .id')\n\
         curl -X POST -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n  \
         -d \"{{\\\"principalId\\\":\\\"$USER_ID\\\",\\\"resourceId\\\":\\\"$SP\\\",\\\"appRoleId\\\":\\\"$ROLE\\\"}}\" \\\n  \
         \"$GRAPH/servicePrincipals/$SP/appRoleAssignedTo\""
    )
}

/// One word of a POSIX shell.
fn sh(text: &str) -> String {
    format!("'{}'", one_line(text).replace('\'', r"'\''"))
}

/// One string of PowerShell, which takes curly quotes for straight ones.
fn ps(text: &str) -> String {
    let doubled = |c: char| match c {
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => format!("{c}{c}"),
        other => other.to_string(),
    };
    format!("'{}'", one_line(text).chars().map(doubled).collect::<String>())
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_quotes() {
        assert_eq!(sh("a'; rm -rf ~ #\n"), r"'a'\''; rm -rf ~ #'");
        assert_eq!(ps("a'; x \u{2019}"), "'a''; x \u{2019}\u{2019}'");
    }

    #[test]
    fn what_is_known_is_filled_in() {
        let facts = ErpFacts {
            app: Some(ErpApp {
                client_id: "c-1".to_owned(),
                role: "Truvio.SubscriptionService".to_owned(),
            }),
            ..ErpFacts::default()
        };
        let all = scripts(&facts);
        assert!(all.iter().all(|script| script.step != ErpStep::AppRole));
        let consent = all.iter().find(|script| script.step == ErpStep::AdminConsent);
        let text = &consent.expect("a script").text;
        assert!(text.contains("'c-1'"));
        assert!(
            text.contains(r#""{\"clientId\":\"$SP\",\"consentType\":\"AllPrincipals\",\"resourceId\":\"$1\",\"scope\":\"$2\"}""#)
        );
    }
}
