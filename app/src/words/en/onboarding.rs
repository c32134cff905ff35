//! Checklists and steps, in English. Microsoft's names as its pages spell them.

use crate::words::onboarding::{Onboarding, Step};
use contract::onboarding::{Evidence, Failure, StepId, StepState};

pub(super) static WORDS: Onboarding = Onboarding {
    title: |provider| format!("Set up {provider}"),
    progress: |done, of| format!("{done} of {of} done"),
    all_done: "Every step is proven. Nothing is left to do.",
    state: |state| match state {
        StepState::ToDo => "to do",
        StepState::Checking => "checking",
        StepState::Done { .. } => "done",
        StepState::WaitingForMicrosoft => "waiting for Microsoft",
        StepState::Failed { .. } => "failed",
        StepState::NotNeeded => "not needed",
    },
    evidence: |evidence, number| match evidence {
        Evidence::FirstRequest => "A request with a valid token arrived".to_owned(),
        Evidence::ConnectionTest => "A connection test arrived and was answered".to_owned(),
        Evidence::FirstUser => "A user arrived".to_owned(),
        Evidence::ObjectIds { with, of } => {
            format!("{} of {} users carry their object ID", number(*with), number(*of))
        }
        Evidence::OnDemand { name } => format!("{name} arrived alone"),
        Evidence::Cycle => "A provisioning cycle ran".to_owned(),
        Evidence::People { users, groups } => {
            format!(
                "{} active users and {} groups are here",
                number(*users),
                number(*groups)
            )
        }
    },
    step,
    failed: "What went wrong",
    reason: |failure| match failure {
        Failure::TokenRefused => {
            "Somebody called this endpoint with a token that is not, or no longer, valid.".to_owned()
        }
        Failure::ExternalIdIsNotObjectId { without, of } => {
            format!(
                "{without} of {of} users came with an externalId that is no object ID. Entra's default mapping sends mailNickname."
            )
        }
    },
    remedy: |failure| match failure {
        Failure::TokenRefused => {
            "Rotate the token below, paste the new one as **Secret token** and press **Test connection**. Check that nothing was cut off while copying."
        }
        Failure::ExternalIdIsNotObjectId { .. } => {
            "Change the mapping as shown here, save, then **Restart provisioning**, so that users already sent are sent again."
        }
    },
    waiting: "Done on your side. Entra sends users with its next cycle, every 40 minutes; Provision on demand sends one at once.",
    not_needed: "A later step has overtaken this one.",
    values: "Values to paste",
    source: "Source attribute",
    target: "Target attribute",
    open_new_app: "Open Microsoft Entra: app gallery",
    open_apps: "Open Microsoft Entra: Enterprise applications",
    see_users: "See the users",
    app_name: "Name of the application",
    tenant_url: "Tenant URL",
    secret_token: "Secret token",
    token_hidden: "Shown once, when it was made. Lost it? Rotate it below.",
    change_from: "Entra's default",
    change_to: "Change to",
};

fn step(id: StepId) -> Step {
    match id {
        StepId::CreateEnterpriseApp => Step {
            title: "Create an enterprise application",
            why: "Entra provisions through an application of its own. One made by an app registration or by sign-in cannot provision.",
            how: &[
                "Choose **Create your own application**.",
                "Enter a name, then choose **Integrate any other application you don't find in the gallery (Non-gallery)**.",
                "Choose **Create**, and wait until the application opens.",
            ],
        },
        StepId::ProvisioningModeAutomatic => Step {
            title: "Set provisioning to automatic",
            why: "It lets Entra create, change and disable users here by itself.",
            how: &[
                "In the application, choose **Provisioning**.",
                "Choose **New configuration**. Where the page asks for a **Provisioning Mode**, choose **Automatic**.",
            ],
        },
        StepId::EnterCredentials => Step {
            title: "Enter Tenant URL and Secret token",
            why: "They lead Entra to this directory and prove that it may write.",
            how: &["Paste both values as they are, with nothing before or after them."],
        },
        StepId::TestConnection => Step {
            title: "Test the connection",
            why: "Entra asks for a user that does not exist and expects an empty answer. The test shows here at once.",
            how: &[
                "Choose **Test connection**.",
                "When Entra says that it may provision, choose **Create** or **Save**.",
            ],
        },
        StepId::UserMapping => Step {
            title: "Leave the user mapping enabled",
            why: "Without it Entra sends no users at all.",
            how: &[
                "Under **Provisioning**, choose **Attribute mapping**, then **Provision Microsoft Entra ID Users**.",
                "**Enabled** is **Yes**, and **Create**, **Update** and **Delete** are ticked.",
            ],
        },
        StepId::MapExternalId => Step {
            title: "Map externalId from objectId",
            why: "Only the object ID joins a provisioned user to the person who signs in. Entra's default sends mailNickname instead, so change it before the first cycle.",
            how: &[
                "In the same mapping, choose the row whose target is **externalId**.",
                "Set **Source attribute** to **objectId**, choose **OK**, then **Save**.",
            ],
        },
        StepId::AssignPeople => Step {
            title: "Assign users or groups",
            why: "Entra sends only who is assigned. With nobody assigned every cycle runs green and sends nothing.",
            how: &[
                "In the application, choose **Users and groups**, then **Add user/group**.",
                "Choose the people or groups and **Assign**. Of a group, direct members count; nested groups are not expanded.",
            ],
        },
        StepId::ProvisionOnDemand => Step {
            title: "Provision one user on demand",
            why: "It shows within seconds what a cycle would show within 40 minutes.",
            how: &[
                "Under **Provisioning**, choose **Provision on demand**.",
                "Choose one assigned user, then **Provision**. The user shows up here.",
            ],
        },
        StepId::ProvisioningOn => Step {
            title: "Switch provisioning on",
            why: "From now on Entra sends every change by itself, every 40 minutes.",
            how: &[
                "On the overview of **Provisioning**, choose **Start provisioning**. On the older page, set **Provisioning Status** to **On** and save.",
                "The first cycle sends everybody who is assigned.",
            ],
        },
        StepId::UsersAppear => Step {
            title: "The users appear here",
            why: "Nothing to do: this page follows along while they arrive.",
            how: &[],
        },
        StepId::GenericCredentials => Step {
            title: "Enter the endpoint URL and the bearer token",
            why: "Every SCIM 2.0 provider asks for these two, by names of its own: base URL or tenant URL, and API token, secret token or OAuth bearer token.",
            how: &[
                "In the provider's SCIM or provisioning settings, choose **SCIM 2.0** and authentication by bearer token or HTTP header.",
                "Paste both values, test the connection if the provider offers it, and save.",
                "Use **userName** as the unique identifier, and let it create, update and deactivate users.",
            ],
        },
        StepId::GenericFirstUser => Step {
            title: "Push one user",
            why: "One user proves the connection and the mapping.",
            how: &[
                "Assign one person to the application at the provider. Push or synchronize it.",
                "The user shows up here.",
            ],
        },
    }
}
