//! The ERP checklist, in English.

use crate::words::erp::Erp;
use crate::words::onboarding::Step;
use contract::onboarding::erp::{ConsentRefusal, ErpEvidence, ErpFailure, ErpState, ErpStep, ErpWarning};

pub(super) static WORDS: Erp = Erp {
    tab: "Onboarding",
    title: |name| format!("Connect the ERP to {name}"),
    lead: "Every step is read from Microsoft, not ticked by hand. The page follows along.",
    before: "Before you begin",
    needs: &[
        "An account with one of these directory roles: **Cloud Application Administrator**, **Application Administrator** or **Global Administrator**. To create the service user: **User Administrator**.",
        "An account of its own for the ERP: a member of your tenant, not a guest and nobody's own account.",
        "About two minutes. A step that needs another role can be sent to a colleague.",
    ],
    supplied: "Supplied by the owner of the app",
    client_id: "Application (client) ID",
    app_role: "App role",
    app_missing: "The owner of the app has not entered its client ID and role yet.",
    app_missing_text: "Sign-in and the choice of the service user work already. Consent, role and test need the two values.",
    redirects: "Redirect URIs the app registration must hold",
    redirect_sign_in: "For the sign-in",
    redirect_consent: "For the consent",
    redirect_test: "For the test sign-in",
    recheck: "Check again",
    all_done: "Every step is proven. The ERP can call the app.",
    step,
    state,
    evidence,
    reason,
    remedy,
    warning,
    waiting,
    mend: |name| format!("Go to the step that mends it: {name}"),
    mended: "The step that mends it is done by now. Test again.",
    do_it: "Do it for me",
    script: "Script",
    by_hand: "By hand",
    plan: "What happens",
    sign_in: "Sign in with Microsoft",
    sign_in_again: "Sign in as somebody else",
    sign_in_plan: &[
        "Microsoft asks you to sign in and to let Rollcall read users and, where your role allows it, create a user and assign a role.",
        "We read your name, your tenant and your directory roles.",
        "Nothing is changed. What Microsoft lends us stays on the server and ends with this session.",
    ],
    sign_in_first: "This is done in the tenant as you. Sign in with Microsoft first.",
    signed_in_as: "Signed in as",
    tenant: "Tenant",
    tenant_id: "Tenant ID",
    directory_roles: "Directory roles",
    no_roles: "none that matters here",
    chosen: "Service user",
    user_name: "User principal name",
    object_id: "Object ID",
    find: "Search the tenant's users",
    find_label: "Name or user principal name",
    found: "Users found",
    none_found: |name| {
        format!(
            "Nobody's name or address begins with “{name}”. Try the first letters, or create the user below."
        )
    },
    choose: "Choose",
    choose_who: |name| format!("Choose {name}"),
    is_guest: "Guest, cannot be used",
    is_disabled: "Disabled, cannot be used",
    is_chosen: "Chosen",
    create: "Create the service user",
    create_title: "Nobody fits? Create one:",
    create_plan: &[
        "One user is created in the tenant: a member, enabled, without any role or licence.",
        "Its first password is random, and shown here once: keep it where the ERP keeps its secrets.",
        "You can undo it here: then the user is deleted.",
    ],
    password_title: "The service user was created",
    password: "Password",
    password_text: "It is shown only now, and kept nowhere here. The ERP needs it, and so does the test sign-in.",
    display_name: "Display name",
    display_name_value: "ERP service user",
    user_name_help: "In a domain of the tenant, as it shall sign in.",
    consent: "Grant consent at Microsoft",
    consent_plan: &[
        "Microsoft shows what the app asks for; you accept it for the whole tenant.",
        "The app then stands under **Enterprise applications** of the tenant.",
        "You come back here. We believe no redirect: a token of the tenant and the application there prove it.",
        "To take it back, delete the application under **Enterprise applications**.",
    ],
    permissions: "Permissions",
    permission: "Permission",
    permission_kind: "Type",
    permission_state: "Status",
    delegated: "Delegated",
    application: "Application",
    granted: "Granted",
    not_granted: "Not granted",
    assign: "Assign the app role",
    assign_plan: |role, user| {
        format!(
            "The app role {role} is assigned to {user}. Nothing else is changed, and you can undo it here."
        )
    },
    user_first: "Choose the service user first.",
    undo: "Undo…",
    undo_title: |step| match step {
        ErpStep::ServiceUser => "Delete the service user we created?",
        _ => "Remove the app role we assigned?",
    },
    undo_text: |step| match step {
        ErpStep::ServiceUser => {
            "The user is deleted in the tenant. Entra keeps deleted users for 30 days. The ERP can no longer sign in with it."
        }
        _ => {
            "The assignment is deleted in the tenant. The app refuses the service user from its next token on."
        }
    },
    undo_do: |step| match step {
        ErpStep::ServiceUser => "Delete the user",
        _ => "Remove the role",
    },
    test: "Sign in as the service user",
    test_plan: &[
        "Microsoft asks who signs in: choose **Use another account** and sign in as the service user, not as yourself.",
        "We read the token's tenant, object ID and roles, show them here and keep no token.",
    ],
    test_result: "What the token said",
    token_roles: "Roles",
    token_no_roles: "none",
    hand_over: |name| {
        format!("Your account lacks the directory role for this. One of these is enough: {name}.")
    },
    hand_over_text: "Send the step to a colleague who has it. The link opens this one step.",
    hand_over_do: "Make a link for this step",
    open_users: "Open Microsoft Entra: Users",
    open_apps: "Open Microsoft Entra: Enterprise applications",
    code: "Microsoft's code",
};

fn step(step: ErpStep) -> Step {
    match step {
        ErpStep::SignIn => Step {
            title: "Sign in with Microsoft",
            why: "It proves which tenant is yours, and lets this page read there what the next steps rest on.",
            how: &[],
        },
        ErpStep::ServiceUser => Step {
            title: "Choose the service user",
            why: "The ERP signs in as this user. It must be an enabled member of the tenant, and better nobody's own account.",
            how: &[
                "Choose **New user**, then **Create new user**.",
                "Enter a user principal name and a display name, leave **Account enabled** ticked, and choose **Create**.",
                "Come back, search for the user above and choose it.",
            ],
        },
        ErpStep::AdminConsent => Step {
            title: "Grant admin consent",
            why: "It brings the app into your tenant with the permissions it asks for, for everybody at once.",
            how: &[
                "Under **Enterprise applications**, choose the application with the client ID shown here.",
                "Choose **Permissions**, then **Grant admin consent**. It is not in the list yet? Use the button above: consent by link adds it.",
            ],
        },
        ErpStep::AppRole => Step {
            title: "Assign the app role",
            why: "Only who holds this role gets in. Consent alone assigns nobody.",
            how: &[
                "Under **Enterprise applications**, choose the application with the client ID shown here.",
                "Choose **Users and groups**, then **Add user/group**.",
                "Under **Users** choose the service user, under **Select a role** the role shown here, then **Assign**.",
            ],
        },
        ErpStep::TestSignIn => Step {
            title: "Test the sign-in",
            why: "One sign-in as the service user shows whether the ERP will get in, before the ERP tries.",
            how: &[],
        },
    }
}

fn state(state: &ErpState) -> &'static str {
    match state {
        ErpState::ToDo => "to do",
        ErpState::Checking => "checking",
        ErpState::Done { .. } => "done",
        ErpState::WaitingForMicrosoft { .. } => "waiting for Microsoft",
        ErpState::Failed { .. } => "failed",
        ErpState::NotNeeded => "not needed",
    }
}

fn evidence(evidence: &ErpEvidence) -> String {
    match evidence {
        ErpEvidence::SignedIn { name, address } => format!("{name} ({address}) signed in"),
        ErpEvidence::Tenant { name } => format!("Tenant {name} is proven"),
        ErpEvidence::ServiceUser { address, .. } => format!("{address} is an enabled member"),
        ErpEvidence::Consent { permissions } => format!("{permissions} of {permissions} permissions granted"),
        ErpEvidence::Role { role } if role.is_empty() => "The service user holds the role".to_owned(),
        ErpEvidence::Role { role } => format!("The service user holds {role}"),
        ErpEvidence::TestPassed { address, roles } => {
            format!("{address} got in with {}", roles.join(", "))
        }
    }
}

fn reason(failure: &ErpFailure) -> String {
    let code = |code: &Option<u32>| code.map(|code| format!(" (AADSTS{code})")).unwrap_or_default();
    match failure {
        ErpFailure::WrongTenant => "You signed in to another tenant than this organization's.".to_owned(),
        ErpFailure::UserMissing => "The service user is not in the tenant any more.".to_owned(),
        ErpFailure::UserDisabled => "The service user's account is disabled.".to_owned(),
        ErpFailure::UserIsGuest => "The service user is a guest of the tenant, not a member.".to_owned(),
        ErpFailure::ConsentRefused(ConsentRefusal::Cancelled) => {
            "Consent was cancelled on Microsoft's page.".to_owned()
        }
        ErpFailure::ConsentRefused(ConsentRefusal::NeedsAdmin) => {
            "The account that tried may not consent for the tenant.".to_owned()
        }
        ErpFailure::ConsentRefused(ConsentRefusal::Other(code)) => {
            format!("Microsoft refused the consent: {code}.")
        }
        ErpFailure::ConsentNotVisible => {
            "Microsoft reported consent more than 10 minutes ago and still does not show it.".to_owned()
        }
        ErpFailure::PermissionsMissing(names) => {
            format!("Consent holds, without these permissions: {}.", names.join(", "))
        }
        ErpFailure::WrongPrincipal(names) => {
            format!(
                "The role is on the wrong principal: {}. The service user lacks it.",
                names.join(", ")
            )
        }
        ErpFailure::RoleNotVisible => {
            "The role was assigned more than 10 minutes ago and Microsoft still does not show it.".to_owned()
        }
        ErpFailure::ConsentRequired { code } => {
            format!("Consent required: it was not granted, or is not visible yet (AADSTS{code}).")
        }
        ErpFailure::AccessDenied { code: found } => format!(
            "Access denied: the service user lacks the app role, or another principal holds it{}.",
            code(found)
        ),
        ErpFailure::WrongAccount { address } => {
            format!("Wrong account: {address} signed in, not the service user.")
        }
        ErpFailure::TestFailed { code: found, .. } => {
            format!("Microsoft refused the sign-in{}.", code(found))
        }
    }
}

fn remedy(failure: &ErpFailure) -> &'static str {
    match failure {
        ErpFailure::WrongTenant => {
            "Sign in with an account of the organization's own tenant. Is the other tenant the right one? Ask the owner of the app."
        }
        ErpFailure::UserMissing => "Choose another user, or create one.",
        ErpFailure::UserDisabled => {
            "Enable the account in Entra under **Account status**, or choose another user."
        }
        ErpFailure::UserIsGuest => "Choose a user whose **User type** is **Member**, or create one.",
        ErpFailure::ConsentRefused(ConsentRefusal::Cancelled) => {
            "Nothing was granted. Start again and choose **Accept**."
        }
        ErpFailure::ConsentRefused(ConsentRefusal::NeedsAdmin) => {
            "Start again with an account that has one of the roles named below, or send the step to a colleague."
        }
        ErpFailure::ConsentRefused(ConsentRefusal::Other(_)) => {
            "Start again. If it stays, look the code up at login.microsoftonline.com/error."
        }
        ErpFailure::ConsentNotVisible => "Choose **Check again**. If it stays, grant consent once more.",
        ErpFailure::PermissionsMissing(_) => {
            "Grant consent once more: it grants everything the app asks for by now."
        }
        ErpFailure::WrongPrincipal(_) => {
            "Assign the role to the service user. Take it from the others if they do not need it."
        }
        ErpFailure::RoleNotVisible => "Choose **Check again**. If it stays, assign the role once more.",
        ErpFailure::ConsentRequired { .. } => {
            "Grant admin consent, wait until that step is done, and test again."
        }
        ErpFailure::AccessDenied { .. } => {
            "Assign the app role to the service user, wait until that step is done, and test again."
        }
        ErpFailure::WrongAccount { .. } => {
            "Test again. On Microsoft's page choose **Use another account** and sign in as the service user."
        }
        ErpFailure::TestFailed { .. } => "Read what Microsoft says below, mend it in Entra, and test again.",
    }
}

fn warning(warning: &ErpWarning) -> String {
    match warning {
        ErpWarning::ServiceUserIsAdmin => {
            "This is your own account. When you leave or change your password, the ERP stops. An account of its own is better.".to_owned()
        }
        ErpWarning::RoleAlsoElsewhere(names) => {
            format!("These hold the role too and get in: {}.", names.join(", "))
        }
    }
}

fn waiting(step: ErpStep) -> &'static str {
    match step {
        ErpStep::AdminConsent => {
            "Microsoft reported consent and does not show it yet. That takes seconds to minutes; this page looks again by itself."
        }
        _ => {
            "Microsoft took the assignment and does not show it yet. That takes seconds to minutes; this page looks again by itself."
        }
    }
}
