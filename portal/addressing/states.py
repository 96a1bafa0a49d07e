"""The words of addressing: population classes, and why a body is left out."""

from portal.core.enums import LabelledEnum


class PopulationClass(LabelledEnum):
    """人口区分: municipalities by how many people live there (by the newest count that the directory holds)."""

    BELOW_5K = ("below_5k", "5千人未満", "Under 5,000")
    BELOW_10K = ("below_10k", "5千人以上1万人未満", "5,000 to 9,999")
    BELOW_30K = ("below_30k", "1万人以上3万人未満", "10,000 to 29,999")
    BELOW_50K = ("below_50k", "3万人以上5万人未満", "30,000 to 49,999")
    BELOW_100K = ("below_100k", "5万人以上10万人未満", "50,000 to 99,999")
    BELOW_200K = ("below_200k", "10万人以上20万人未満", "100,000 to 199,999")
    BELOW_500K = ("below_500k", "20万人以上50万人未満", "200,000 to 499,999")
    FROM_500K = ("from_500k", "50万人以上", "500,000 and more")


# From (inclusive) and up to (exclusive); None: no limit.
BOUNDS: dict[PopulationClass, tuple[int, int | None]] = {
    PopulationClass.BELOW_5K: (0, 5_000),
    PopulationClass.BELOW_10K: (5_000, 10_000),
    PopulationClass.BELOW_30K: (10_000, 30_000),
    PopulationClass.BELOW_50K: (30_000, 50_000),
    PopulationClass.BELOW_100K: (50_000, 100_000),
    PopulationClass.BELOW_200K: (100_000, 200_000),
    PopulationClass.BELOW_500K: (200_000, 500_000),
    PopulationClass.FROM_500K: (500_000, None),
}


class LeftOut(LabelledEnum):
    """Why a local government that exists is not addressed; the first that holds is named."""

    BY_NAME = ("by_name", "個別に除いた団体", "Excluded by name")
    BY_LIST = ("by_list", "リストで除いた団体", "Excluded by a list")
    BY_CLASS = ("by_class", "選んだ種別・宛先に当てはまらない", "Not among the chosen kinds")
    BY_AREA = ("by_area", "選んだ都道府県の区域の外", "Outside the chosen prefectures")
    UNCOUNTED = ("uncounted", "人口が登録されていない", "Population not known")
    BY_POPULATION = ("by_population", "人口区分の外", "Outside the population classes")
