//! How long it takes to derive a checklist from its facts: what every look at the page does, and every pulse.

use std::{hint::black_box, time::Instant};

use contract::onboarding::{
    ErpFacts,
    erp::{Consent, ErpApp, Permission, PermissionKind, RoleFact, ServiceUser, Tenant},
    erp_checklist,
};

use crate::figures::{self, Aims};

const TIMES: u32 = 200_000;
const PERMISSIONS: usize = 20;
/// A page of a thousand organizations must not feel it.
const AIM_MICROS: f64 = 50.0;

/// Derives the ERP checklist over and over on one processor.
pub(crate) fn measure(aims: &mut Aims) {
    let facts = facts();
    let begun = Instant::now();
    for _ in 0..TIMES {
        black_box(erp_checklist(black_box(&facts)));
    }
    let micros = begun.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES);
    println!(
        "\nThe ERP checklist from its facts: {micros:.2} µs, {} a second on one processor.",
        figures::thousands(1e6 / micros)
    );
    let what = format!("a checklist derived in {micros:.2} µs (aim {AIM_MICROS} µs)");
    aims.judge(&what, micros <= AIM_MICROS);
}

/// All but the test sign-in done, with many permissions.
fn facts() -> ErpFacts {
    let text = |text: &str| text.to_owned();
    let permission = |number: usize| Permission {
        name: format!("Permission.{number}"),
        kind: PermissionKind::Delegated,
        granted: true,
    };
    ErpFacts {
        now: 100,
        app: Some(ErpApp {
            client_id: text("c"),
            role: text("Truvio.SubscriptionService"),
        }),
        admin: None,
        tenant: Some(Tenant {
            id: text("t"),
            name: text("Contoso"),
            at: 10,
        }),
        service_user: Some(ServiceUser {
            object_id: text("o"),
            name: text("ERP"),
            address: text("svc-erp@contoso.com"),
            exists: true,
            enabled: true,
            guest: false,
            is_admin: false,
            made_by_us: false,
            at: 20,
        }),
        consent: Some(Consent {
            claimed_at: Some(30),
            proven_at: Some(31),
            principal_id: Some(text("sp")),
            permissions: (0..PERMISSIONS).map(permission).collect(),
            refused: None,
            at: 32,
        }),
        role: Some(RoleFact {
            assigned: true,
            requested_at: None,
            elsewhere: Vec::new(),
            made_by_us: false,
            at: 40,
        }),
        test: None,
    }
}
