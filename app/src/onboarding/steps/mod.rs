//! What each step offers beside its prose: the page it is about, the values it needs. One file a step, and no step
//! without one: a new [`StepId`] does not compile until it is matched here.

mod assign_people;
mod create_enterprise_app;
mod enter_credentials;
mod generic_credentials;
mod generic_first_user;
mod map_external_id;
mod provision_on_demand;
mod provisioning_mode_automatic;
mod provisioning_on;
mod test_connection;
mod user_mapping;
mod users_appear;

use crate::asked::words;
use crate::link;
use crate::ui::icon;
use contract::directories::Directory;
use contract::onboarding::StepId;
use contract::organizations::Organization;
use leptos::prelude::*;

/// What a step offers.
pub(super) fn aids(step: StepId, organization: &Organization, directory: &Directory) -> AnyView {
    match step {
        StepId::CreateEnterpriseApp => create_enterprise_app::aids(organization),
        StepId::ProvisioningModeAutomatic => provisioning_mode_automatic::aids(),
        StepId::EnterCredentials => enter_credentials::aids(directory),
        StepId::TestConnection => test_connection::aids(),
        StepId::UserMapping => user_mapping::aids(),
        StepId::MapExternalId => map_external_id::aids(),
        StepId::AssignPeople => assign_people::aids(),
        StepId::ProvisionOnDemand => provision_on_demand::aids(),
        StepId::ProvisioningOn => provisioning_on::aids(),
        StepId::UsersAppear => users_appear::aids(organization),
        StepId::GenericCredentials => generic_credentials::aids(directory),
        StepId::GenericFirstUser => generic_first_user::aids(),
    }
}

/// The list of enterprise applications: the nearest page Entra can be led to without knowing the application's ids.
fn enterprise_applications() -> AnyView {
    elsewhere(
        "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview",
        words().onboarding.open_apps,
    )
}

/// A page of Entra, in a tab of its own.
fn elsewhere(blade: &'static str, label: &'static str) -> AnyView {
    let href = link::entra(blade);
    view! {
        <p class="aids">
            <a class="button" href=href target="_blank" rel="noopener noreferrer">
                {label} {icon("elsewhere")}
                <span class="visually-hidden">"(" {words().frame.opens_elsewhere} ")"</span>
            </a>
        </p>
    }
    .into_any()
}
