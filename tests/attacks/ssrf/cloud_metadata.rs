//! The attacker wants the credentials of the machine that the gateway runs on, which its cloud hands out inside.
//! No address, and no name of an inner network.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_wants_the_clouds_credentials(world: &mut World) {
    not_fetched(
        world,
        &[
            "https://169.254.169.254/latest/meta-data/iam",
            "https://169.254.170.2/v2/credentials",
            "https://[fd00:ec2::254]/latest/meta-data",
            "https://metadata.google.internal/computeMetadata/v1/",
            "https://metadata/computeMetadata/v1/",
            "https://100.100.100.200/latest/meta-data",
            "https://2852039166/latest/meta-data",
        ],
    );
}
