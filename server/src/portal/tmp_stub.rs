use super::House;
use contract::setup_links::*;
use contract::staff::*;
use contract::{Answer, Refusal, Role, Viewer};
#[async_trait::async_trait]
impl SetupLinks for House {
    async fn setup_links(&self, _: &Viewer, _: &str) -> Answer<Vec<SetupLink>> {
        Err(Refusal::NotFound)
    }
    async fn create_setup_link(&self, _: &Viewer, _: &str, _: Scope, _: u32) -> Answer<String> {
        Err(Refusal::NotFound)
    }
    async fn reveal_setup_link(&self, _: &Viewer, _: &str) -> Answer<Option<String>> {
        Err(Refusal::NotFound)
    }
    async fn revoke_setup_link(&self, _: &Viewer, _: &str, _: &str) -> Answer<()> {
        Err(Refusal::NotFound)
    }
    async fn setup_offer(&self, _: Option<&Viewer>, _: &str) -> Answer<SetupOffer> {
        Err(Refusal::NotFound)
    }
}
#[async_trait::async_trait]
impl Staff for House {
    async fn staff(&self, _: &Viewer, _: &str) -> Answer<Team> {
        Err(Refusal::NotFound)
    }
    async fn invite(&self, _: &Viewer, _: &str, _: Role, _: &str) -> Answer<String> {
        Err(Refusal::NotFound)
    }
    async fn reveal_invite(&self, _: &Viewer, _: &str) -> Answer<Option<String>> {
        Err(Refusal::NotFound)
    }
    async fn revoke_invite(&self, _: &Viewer, _: &str, _: &str) -> Answer<()> {
        Err(Refusal::NotFound)
    }
    async fn remove(&self, _: &Viewer, _: &str, _: &str) -> Answer<()> {
        Err(Refusal::NotFound)
    }
    async fn sessions(&self, _: &Viewer) -> Answer<Vec<SessionRow>> {
        Err(Refusal::NotFound)
    }
    async fn end_session(&self, _: &Viewer, _: &str) -> Answer<()> {
        Err(Refusal::NotFound)
    }
    async fn invite_offer(&self, _: &str) -> Answer<InviteOffer> {
        Err(Refusal::NotFound)
    }
}
